// What the browser says about a sign-in proves nothing: the server verifies the one-time token.
const element = document.querySelector('masterkey2-authenticate');
const note = document.getElementById('note');

element.addEventListener('success', async ({ detail }) => {
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: detail.token }),
    });
    if (response.ok) return location.assign('/account');
  } catch {
    // the note below
  }
  note.textContent = 'Your sign-in could not be confirmed. Please reload the page and try again.';
});

// The element shows what went wrong in words; this site has nothing to add.
element.addEventListener('error', () => {
  note.textContent = '';
});
