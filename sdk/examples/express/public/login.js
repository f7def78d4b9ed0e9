const login = document.querySelector('masterkey2-authenticate');
const message = document.getElementById('error');

login.addEventListener('success', async (event) => {
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: event.detail.token }),
  });
  if (response.ok) location.assign('/dashboard');
  else message.textContent = 'That did not work. Please try again.';
});

login.addEventListener('error', (event) => {
  if (event.detail.code === 'credential_not_found') message.textContent = 'Make an account first.';
});
