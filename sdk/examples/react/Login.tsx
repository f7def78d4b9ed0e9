// React 19: custom elements take properties and events as they are.
import type {} from '@masterkey2/sdk/react';
import { useEffect, useState } from 'react';

interface Props {
  url: string;
  /** Session token, from your server: one for each rendering. */
  token: string;
  onSignedIn: () => void;
}

export function Login({ url, token, onSignedIn }: Props) {
  const [message, setMessage] = useState('');
  // Defines the elements; in the browser only.
  useEffect(() => void import(/* @vite-ignore */ `${url}/sdk/masterkey2.js`), [url]);

  async function hand(signInToken: string) {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: signInToken }),
    });
    if (response.ok) onSignedIn();
    else setMessage('That did not work. Please try again.');
  }

  return (
    <>
      <masterkey2-authenticate
        api-base-url={url}
        token={token}
        onsuccess={(event) => void hand(event.detail.token)}
        onerror={(event) => setMessage(event.detail.code === 'credential_not_found' ? 'Make an account first.' : '')}
      />
      <p role="alert">{message}</p>
    </>
  );
}
