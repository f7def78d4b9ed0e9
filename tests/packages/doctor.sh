# Faults in an installation: the doctor names each, and what it says mends it; sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $scratch and $debs are set by who sources this file

# doctor_says CHECK GRADE PATTERN: one finding; its mend is then in $mend.
doctor_says() {
  in_container masterkey2ctl --json doctor >"$scratch/doctor.json" || true
  mend=$(jq -r --arg check "$1" --arg grade "$2" --arg text "$3" '.findings[] |
    select(.check == $check and .grade == $grade and (.text | test($text))) | .mend // "nothing"' "$scratch/doctor.json" | head -n 1)
  [ -n "$mend" ] || { jq -c '.findings[]' "$scratch/doctor.json"; return 1; }
}

# is_mended CHECK GRADE PATTERN FAULT MEND…: a command makes the fault, the doctor names it, another one
# mends it, and the doctor is content. MEND is `printed`, to run what the doctor prints, or does what that says in words.
is_mended() {
  local check=$1 grade=$2 pattern=$3 fault=$4
  shift 4
  doctor_says "$check" good . && $fault && doctor_says "$check" "$grade" "$pattern" || return 1
  echo "mend: $mend"
  "$@" && doctor_says "$check" good .
}

# The whole mend is a command.
printed() { in_container sh -ec "$mend"; }

# edited FILE SCRIPT: the mend names a change, done here, and the command after it.
edited() { in_container sed -i "$2" "$1" && in_container sh -ec "${mend##*then: }"; }

# expects TEXT COMMAND…: the mend says TEXT, which COMMAND does.
expects() { [[ $mend == *"$1"* ]] && "${@:2}"; }

socket_with() {
  in_container sh -ec "mkdir -p /etc/systemd/system/masterkey2.socket.d
printf '[Socket]\n$1\n' >/etc/systemd/system/masterkey2.socket.d/override.conf
systemctl daemon-reload && systemctl restart masterkey2.socket"
}
# What `systemctl edit` writes.
socket_group() { socket_with SocketGroup=www-data && in_container sh -ec "${mend##*then: }"; }

# faulty_nginx SCRIPT: the shipped file, changed by sed.
faulty_nginx() {
  in_container sh -ec "sed '$1' /etc/nginx/snippets/masterkey2.conf >/etc/nginx/snippets/faulty.conf" &&
    nginx_with 'include snippets/faulty.conf;'
}
include_shipped() { in_container rm -f /etc/nginx/snippets/faulty.conf && nginx_with 'include snippets/masterkey2.conf;'; }
answers_itself() { nginx_with 'location / { return 200; }'; }
drops_api_key() { faulty_nginx '/HTTP_PROXY/a fastcgi_param HTTP_X_API_KEY "";'; }
takes_underscores() { faulty_nginx '1i underscores_in_headers on;'; }
doubles_cors() { faulty_nginx '1i add_header Access-Control-Allow-Origin "*" always;'; }
stops_bodies() { faulty_nginx 's|client_max_body_size 64k|client_max_body_size 60k|'; }
hides_sdk() { faulty_nginx 's|/usr/share/masterkey2/sdk/;|/nowhere/;|'; }
serves_bytes() { faulty_nginx 's|text/javascript|application/octet-stream|'; }
locks_sdk() { faulty_nginx '/add_header Access-Control/d'; }
says_include() { expects 'include the shipped masterkey2.conf' include_shipped; }

plugin_file() { in_container sh -c 'ls /usr/lib/*/masterkey2/libmasterkey2_storage_flatfile.so'; }
# A plugin of another release, as far as the loader can see.
foreign_plugin() { in_container sh -ec "install -m 0644 /usr/bin/true $(plugin_file)"; }
reinstall() { in_container sh -ec 'apt-get install -y --reinstall --no-install-recommends ./root/masterkey2_*.deb </dev/null'; }
install_mysql() { in_container sh -ec 'apt-get install -y --no-install-recommends ./root/masterkey2-storage-mysql_*.deb </dev/null'; }

# Lines of a configuration, read after all others.
configured_with() { in_container sh -ec "echo '$1' >/etc/masterkey2/conf.d/30-fault.yaml"; }
wrong_key() { configured_with 'colour: blue'; }
trusts_all() { configured_with 'trusted_proxies: [0.0.0.0/0]'; }
mysql_plugin() { configured_with 'storage: {plugin: mysql}'; }
other_store() {
  configured_with 'storage: {options: {path: /var/lib/masterkey2/other}}
keyring: /var/lib/masterkey2/other.json'
}
configured_as_before() { in_container rm -f /etc/masterkey2/conf.d/30-fault.yaml; }

keep_store() { in_container sh -ec 'systemctl stop masterkey2.service && rm -rf /root/copy && cp -a /var/lib/masterkey2 /root/copy'; }
store_back() { in_container sh -ec 'systemctl stop masterkey2.service && rm -rf /var/lib/masterkey2/* && cp -aT /root/copy /var/lib/masterkey2 && rm -r /root/copy && systemctl start masterkey2.service'; }
# shellcheck disable=SC2016  # expanded by the shell in the container
spoil_store() {
  keep_store && in_container sh -ec 'for file in /var/lib/masterkey2/data/*; do
  [ "$(stat -c %s "$file")" -lt 100 ] || printf spoilt | dd of="$file" bs=1 seek=40 conv=notrunc status=none
done'
}

# A small disk beside a store of its own.
small_disk() {
  in_container sh -ec 'mkdir -p /mnt/small && mount -t tmpfs -o size=1m,mode=0700 tmpfs /mnt/small && chown masterkey2: /mnt/small'
  configured_with 'storage: {options: {path: /mnt/small/data}}
keyring: /mnt/small/keyring.json'
  in_container masterkey2ctl storage init
}
full_disk() { in_container sh -c 'dd if=/dev/zero of=/mnt/small/filler bs=4k status=none' || true; }
make_room() { in_container rm /mnt/small/filler; }
without_small_disk() { configured_as_before && in_container sh -ec 'umount /mnt/small && rmdir /mnt/small'; }

# Names with certificates of an authority of our own, on nginx.
# shellcheck disable=SC2016  # expanded by the shell in the container
own_authority() {
  in_container sh -ec 'mkdir -p /opt/ca && cd /opt/ca
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=own -days 90 -keyout ca.key -out ca.crt 2>/dev/null
cp ca.crt /usr/local/share/ca-certificates/own.crt && update-ca-certificates >/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=auth.example.test -keyout site.key -out site.csr 2>/dev/null
echo "127.0.0.1 auth.example.test shop.example.test" >>/etc/hosts'
  certificate_for_days 60
  configured_with 'base_url: https://auth.example.test:8443'
  tls_site
}
# certificate_for_days DAYS: an ended one if below 0.
certificate_for_days() {
  in_container sh -ec "cd /opt/ca && printf 'subjectAltName=DNS:auth.example.test,DNS:shop.example.test' >names
rm -f index* serial* && : >index && echo 01 >serial
printf '[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n' >ca.conf
openssl ca -batch -config ca.conf -cert ca.crt -keyfile ca.key -in site.csr -out site.crt -extfile names -notext \
  -startdate \$(date -u -d '100 days ago' +%Y%m%d%H%M%SZ) -enddate \$(date -u -d '$1 days' +%Y%m%d%H%M%SZ) 2>/dev/null"
}
certificate() { certificate_for_days "$1" && in_container sh -ec 'systemctl reset-failed nginx && systemctl restart nginx'; }
renew() { expects 'renew it' certificate 60; }
tls_site() {
  nginx_with "listen 127.0.0.1:8443 ssl; ssl_certificate /opt/ca/site.crt; ssl_certificate_key /opt/ca/site.key; include snippets/masterkey2.conf;"
}
# The site whose RP ID a tenant has, with its well-known file if there is one. Browsers ask at port 443.
shop_site() {
  in_container sh -ec "mkdir -p /opt/shop/.well-known && cat >/etc/nginx/conf.d/shop.conf <<'END'
server {
  listen 127.0.0.1:443 ssl;
  server_name shop.example.test;
  ssl_certificate /opt/ca/site.crt;
  ssl_certificate_key /opt/ca/site.key;
  root /opt/shop;
  default_type application/json;
}
END
systemctl reset-failed nginx && systemctl restart nginx"
}
# As the doctor prints it.
serve_well_known() {
  local file=${mend#*application/json: }
  expects '{"origins":["https://auth.example.test:8443"]}' \
    in_container sh -ec "printf '%s' '${file%, or set*}' >/opt/shop/.well-known/webauthn"
}
shop_tenant() {
  in_container masterkey2ctl tenant create --name Other --rp-id shop.example.test --origin https://shop.example.test >/dev/null
}
without_names() {
  configured_as_before
  in_container sh -ec 'rm -rf /opt/ca /opt/shop /etc/nginx/conf.d/shop.conf /usr/local/share/ca-certificates/own.crt
update-ca-certificates --fresh >/dev/null'
  include_shipped
  in_container systemctl restart nginx masterkey2
}

behind_apache() { configured_with 'base_url: http://localhost:8082'; }
apache_conf=/etc/apache2/conf-available/masterkey2.conf
keeps_authorization() { in_container sh -ec "sed -i 's/CGIPassAuth On/CGIPassAuth Off/' $apache_conf && systemctl restart apache2"; }
passes_authorization() { in_container sh -ec "sed -i 's/CGIPassAuth Off/CGIPassAuth On/' $apache_conf && systemctl restart apache2"; }

# Before anything is configured.
test_doctor_at_first() {
  test_that "doctor: base_url is the example" sets_base_url
}
sets_base_url() {
  doctor_says base_url trouble 'still the example' && [[ $mend == 'set base_url in /etc/masterkey2/masterkey2.yaml, then: systemctl restart masterkey2' ]] &&
    edited /etc/masterkey2/masterkey2.yaml 's|^base_url: .*|base_url: http://localhost:8081|' && doctor_says base_url good .
}

test_doctor() {
  local plugin
  plugin=$(plugin_file)
  test_that "doctor: a mistake in the configuration" \
    is_mended configuration trouble 'colour' wrong_key expects 'masterkey2ctl config check' configured_as_before
  test_that "doctor: forwarding headers of strangers" \
    is_mended proxies trouble '0.0.0.0/0' trusts_all expects 'list the proxies alone' configured_as_before
  test_that "doctor: no socket" is_mended socket trouble 'there is none' 'in_container systemctl stop masterkey2.socket' printed
  test_that "doctor: a socket for everybody" is_mended socket trouble 'every user' 'socket_with SocketMode=0666' printed
  test_that "doctor: a socket for no web server" is_mended socket trouble 'no web server' 'socket_with SocketGroup=root' socket_group
  test_that "doctor: the socket is as it was" in_container sh -ec 'systemctl revert masterkey2.socket && systemctl restart masterkey2.socket masterkey2'
  test_that "doctor: a web server that can read secrets" \
    is_mended secrets trouble www-data 'in_container gpasswd -a www-data masterkey2' expects 'gpasswd -d www-data masterkey2' in_container gpasswd -d www-data masterkey2
  test_that "doctor: what root has copied back" is_mended owner trouble keyring "in_container chown root /var/lib/masterkey2/keyring.json" printed
  test_that "doctor: a plugin that others may write" is_mended plugin trouble . "in_container chmod go+w $plugin" printed
  test_that "doctor: a plugin that is none" is_mended plugin trouble . foreign_plugin expects --reinstall reinstall
  in_container apt-get purge -y masterkey2-storage-mysql >/dev/null 2>&1
  test_that "doctor: a plugin that is not installed" \
    is_mended plugin trouble 'there is no' mysql_plugin expects 'apt install masterkey2-storage-mysql' install_mysql
  configured_as_before
  in_container systemctl restart masterkey2
  test_that "doctor: a key ring for everybody" is_mended 'key ring' trouble . 'in_container chmod 0644 /var/lib/masterkey2/keyring.json' printed
  test_that "doctor: no key ring" is_mended 'key ring' trouble . \
    'in_container mv /var/lib/masterkey2/keyring.json /root/keyring.json' \
    expects 'from its copy' in_container mv /root/keyring.json /var/lib/masterkey2/keyring.json
  test_that "doctor: no store" is_mended storage trouble . other_store printed
  configured_as_before
  in_container sh -ec 'rm -rf /var/lib/masterkey2/other* && systemctl restart masterkey2'
  test_that "doctor: a spoilt store" is_mended storage trouble . spoil_store expects 'bring the store back from a copy' store_back
  test_that "doctor: a store on a small disk" small_disk
  test_that "doctor: a full disk" is_mended space warning '% free' full_disk expects 'df -h /mnt/small' make_room
  without_small_disk

  test_that "doctor: no web server" is_mended 'web server' trouble 'nobody answers' 'in_container systemctl stop nginx' \
    expects 'start the web server' in_container systemctl start nginx
  test_that "doctor: no server" is_mended 'web server' trouble 'cannot reach' 'in_container systemctl stop masterkey2.socket masterkey2' printed
  test_that "doctor: something else answers" is_mended 'web server' trouble 'not answered by' answers_itself says_include
  test_that "doctor: X-API-KEY is dropped" is_mended X-API-KEY trouble drops drops_api_key says_include
  test_that "doctor: underscores pass for hyphens" is_mended underscores trouble X_API_KEY \
    takes_underscores expects 'underscores_in_headers off' include_shipped
  test_that "doctor: CORS headers twice" is_mended CORS trouble '2 times' doubles_cors says_include
  test_that "doctor: large bodies do not pass" is_mended limits trouble 413 stops_bodies expects 'client_max_body_size 64k' include_shipped
  test_that "doctor: the SDK is not there" is_mended SDK trouble 404 hides_sdk says_include
  test_that "doctor: the SDK is no script" is_mended SDK trouble octet-stream serves_bytes says_include
  test_that "doctor: other sites may not load the SDK" is_mended SDK trouble 'may not load' locks_sdk says_include
  behind_apache
  test_that "doctor: Apache keeps Authorization" \
    is_mended Authorization trouble keeps keeps_authorization expects 'CGIPassAuth On' passes_authorization
  configured_as_before

  test_that "doctor: nginx has TLS" own_authority
  test_that "doctor: a certificate that has ended" tls_is_mended TLS trouble expired -1
  test_that "doctor: a certificate that ends soon" tls_is_mended TLS warning 'ends in' 5
  shop_site
  test_that "doctor: a tenant without its related origins" well_known_is_mended
  without_names
}

# A good certificate is no finding of its own: then the web server is one.
tls_is_mended() {
  doctor_says 'web server' good . && certificate "$4" && doctor_says "$1" "$2" "$3" && renew && doctor_says 'web server' good .
}
well_known_is_mended() { shop_tenant && doctor_says tenant trouble 'Other: browsers refuse' && serve_well_known && doctor_says tenant good 'Other:'; }
