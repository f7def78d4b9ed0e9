# The files for Prometheus and Grafana, used with a real Prometheus in the container; sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $here is set by who sources this file

monitoring=/usr/share/doc/masterkey2/examples/monitoring

alerts_are_good() {
  put "$here/alerts_test.yml"
  in_container sh -ec "cp $monitoring/masterkey2.rules.yml /root/
promtool check rules /root/masterkey2.rules.yml && promtool test rules /root/alerts_test.yml"
}

# The example but for the address of this server.
prometheus_scrapes() {
  in_container sh -ec "cp $monitoring/masterkey2.rules.yml /etc/prometheus/
{ printf 'global: {scrape_interval: 1s, evaluation_interval: 1s}\n'
sed -e 's|scheme: https|scheme: http|' -e 's|auth.example.com|localhost:8081|' $monitoring/prometheus.yml; } >/etc/prometheus/prometheus.yml
promtool check config /etc/prometheus/prometheus.yml && systemctl restart prometheus"
  until_it scraped
}

scraped() { [ "$(ask 'sum(up{job="masterkey2"})' | jq -r '.data.result[0].value[1]')" = 1 ]; }

# ask EXPRESSION: Prometheus's answer.
ask() { beside_container curl -sS --data-urlencode "query=$1" http://localhost:9090/api/v1/query; }

dashboard_is_answered() {
  local expression names status=0
  names=$(in_container cat "$monitoring/grafana.json" | jq -r '.panels[].targets[].expr')
  [ "$(wc -l <<<"$names")" -ge 15 ] || return 1
  while IFS= read -r expression; do
    expression=${expression//\$__rate_interval/1m}
    expression=${expression//\$instance/.*}
    [ "$(ask "$expression" | jq -r .status)" = success ] || { echo "$expression"; status=1; }
  done <<<"$names"
  return "$status"
}
