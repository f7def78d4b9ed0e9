<?php
// A site in one file: php -S localhost:3000 index.php
declare(strict_types=1);

$url = getenv('MASTERKEY2_URL');
session_set_cookie_params(['httponly' => true, 'samesite' => 'Lax']);
session_start();

/** A call from server to server: the key never reaches a browser. Null when it was refused. */
function masterkey2(string $path, ?array $body = null): ?array
{
    $headers = ['X-API-KEY: ' . getenv('MK2_API_KEY')];
    if ($body !== null) {
        $headers[] = 'Content-Type: application/json';
    }
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => $headers,
        'content' => $body === null ? '' : json_encode($body),
        'timeout' => 10,
    ]]);
    $answer = @file_get_contents(getenv('MASTERKEY2_URL') . '/api/v1' . $path, false, $context);
    return $answer === false ? null : json_decode($answer, true);
}

function page(string $title, string $body): void
{
    $url = getenv('MASTERKEY2_URL');
    header("Content-Security-Policy: default-src 'self'; script-src 'self' $url; connect-src 'self' $url; frame-ancestors 'none'");
    $title = htmlspecialchars($title);
    echo "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>$title</title>"
        . "<script type=\"module\" src=\"$url/sdk/masterkey2.js\"></script><h1>$title</h1>$body</html>";
}

function go(string $target): void
{
    header("Location: $target", true, 303);
}

function refuse(int $status, string $text): void
{
    http_response_code($status);
    header('Content-Type: text/plain');
    echo $text;
}

/** A new session id, so that nobody has chosen it before. */
function begin(string $id, string $name): void
{
    session_regenerate_id(true);
    $_SESSION['user'] = ['id' => $id, 'name' => $name];
}

$user = $_SESSION['user'] ?? null;
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
$own = $origin === '' || preg_replace('#^https?://#', '', $origin) === ($_SERVER['HTTP_HOST'] ?? '');
header('Cache-Control: no-store');

switch ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case 'GET /login':
        $token = masterkey2('/session-token')['session_token'] ?? '';
        page('Sign in', "<masterkey2-authenticate api-base-url=\"$url\" token=\"$token\"></masterkey2-authenticate>"
            . '<p>No account yet? <a href="/sign-up">Make one</a></p><script type="module" src="/login.js"></script>');
        break;
    case 'GET /login.js':
        header('Content-Type: text/javascript');
        echo "document.querySelector('masterkey2-authenticate').addEventListener('success', async (event) => {
  const response = await fetch('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: event.detail.token }) });
  if (response.ok) location.assign('/dashboard');
});";
        break;
    case 'POST /api/session':
        $token = json_decode((string) file_get_contents('php://input', false, null, 0, 8192), true)['token'] ?? '';
        $answer = $own && is_string($token) ? masterkey2('/verify-auth', ['token' => $token]) : null;
        // Whatever a browser says about who signed in can be forged; this cannot.
        if ($answer === null || $answer['verified'] !== true) {
            refuse(401, 'not signed in');
            break;
        }
        begin($answer['user']['external_id'], $answer['user']['display_name']);
        break;
    case 'GET /sign-up':
        page('Make an account', '<form method="post" action="/sign-up"><label>Your name <input name="name" required></label> '
            . '<button>Continue</button></form>');
        break;
    case 'POST /sign-up':
        $name = trim((string) ($_POST['name'] ?? ''));
        if (!$own || preg_match('/^[A-Za-z0-9_.-]{1,40}$/D', $name) !== 1) {
            refuse(400, 'Letters, digits, dots and hyphens, please.');
            break;
        }
        // The external_id is nothing that anybody chooses.
        begin(bin2hex(random_bytes(12)), $name);
        go('/register');
        break;
    case 'GET /register':
        if ($user === null) {
            go('/sign-up');
            break;
        }
        page('Add a passkey', "<masterkey2-register api-base-url=\"$url\" assertion-url=\"/api/mk2-user-token\" name=\"My passkey\">"
            . '</masterkey2-register><p>Then <a href="/login">sign in with it</a></p>');
        break;
    case 'GET /api/mk2-user-token':
        $answer = $user === null ? null : masterkey2('/user-token', ['external_id' => $user['id'], 'display_name' => $user['name'], 'ttl' => 30]);
        if ($answer === null) {
            refuse(401, 'not signed in');
            break;
        }
        header('Content-Type: application/json');
        echo json_encode(['userToken' => $answer['user_token']]);
        break;
    case 'GET /dashboard':
        $user === null ? go('/login') : page("Hello, {$user['name']}", '');
        break;
    case 'GET /.well-known/webauthn':
        // For phones that sign in at a computer: this site's passkeys may be used on the server's page.
        header('Content-Type: application/json');
        echo json_encode(['origins' => [$url]], JSON_UNESCAPED_SLASHES);
        break;
    default:
        refuse(404, 'not found');
}
