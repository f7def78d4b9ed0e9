# The service as its administrator runs it: its journal, its log level, its secrets with systemd; sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $scratch is set by who sources this file

# What the server itself has said.
journal() { in_container journalctl --no-pager -o cat _SYSTEMD_UNIT=masterkey2.service; }

journal_is_json() {
  journal >"$scratch/journal"
  jq -es 'length > 10 and all(.[]; type == "object" and has("time") and has("level"))' "$scratch/journal"
}

# Nor any prefix of a key or token that would be worth something.
journal_has_no_secret() { ! grep -E '(bvsk|mk2[a-z])_[A-Za-z0-9_-]{16}' "$scratch/journal"; }

requests_in_journal() { journal | grep -c '"route":"/api/v1/' || true; }

# is_logged USER: a sign-in leaves lines in the journal.
is_logged() {
  local before
  before=$(requests_in_journal)
  visit 8081 sign-in "$1" && [ "$(requests_in_journal)" -gt "$before" ]
}
is_not_logged() {
  local before
  before=$(requests_in_journal)
  visit 8081 sign-in "$1" && equals "$(requests_in_journal)" "$before"
}

log_level_is_live() {
  local status=0 before
  before=$(main_pid)
  is_logged ida || status=1
  in_container sh -ec 'echo "log: {level: error}" >/etc/masterkey2/conf.d/50-quiet.yaml && systemctl reload masterkey2' &&
    until_it is_not_logged ida || status=1
  in_container sh -ec 'rm /etc/masterkey2/conf.d/50-quiet.yaml && systemctl reload masterkey2' && until_it is_logged ida || status=1
  equals "$(main_pid)" "$before" || status=1
  return "$status"
}

# The key ring where root alone can read it; systemd hands it to the service.
keyring_by_credential() {
  local status=0
  in_container sh -ec 'install -m 0600 /var/lib/masterkey2/keyring.json /root/keyring.json
mv /var/lib/masterkey2/keyring.json /var/lib/masterkey2/keyring.away
mkdir -p /etc/systemd/system/masterkey2.service.d
printf "[Service]\nLoadCredential=keyring:/root/keyring.json\n" >/etc/systemd/system/masterkey2.service.d/keyring.conf
echo "keyring: /run/credentials/masterkey2.service/keyring" >/etc/masterkey2/conf.d/50-keyring.yaml
systemctl daemon-reload && systemctl restart masterkey2' && visit 8081 sign-in "$1" || status=1
  in_container sh -ec 'mv /var/lib/masterkey2/keyring.away /var/lib/masterkey2/keyring.json
rm -r /root/keyring.json /etc/systemd/system/masterkey2.service.d /etc/masterkey2/conf.d/50-keyring.yaml
systemctl daemon-reload && systemctl restart masterkey2' || status=1
  return "$status"
}

test_operation() {
  test_that "the journal holds JSON, line by line" journal_is_json
  test_that "the journal holds no key and no token" journal_has_no_secret
  test_that "the log level changes by a reload" log_level_is_live
  test_that "the key ring may be a credential of systemd" keyring_by_credential ivy
}
