document.querySelector('masterkey2-register').addEventListener('success', () => {
  document.getElementById('done').hidden = false;
});
