const element = document.querySelector('masterkey2-register');

element.addEventListener('success', () => {
  document.getElementById('next').hidden = false;
});
