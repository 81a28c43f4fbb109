#!/bin/sh
# Passwords, and a certificate for trials, in the folder secrets/ beside this file; what is there is left alone.
# The folder is yours alone; the files in it are readable, because each container reads its own as another user.
set -eu
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
host=${SCOREWIRE_HOST:-localhost}

mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

for name in postgres_password link_token purge_token; do
    [ -e "$name" ] || od -An -v -N 32 -tx1 /dev/urandom | tr -d ' \n' >"$name"
done
if [ ! -e journal ]; then
    printf 'postgresql://scorewire:%s@postgres:5432/scorewire\n' "$(cat postgres_password)" >journal
fi
if [ ! -e site.crt ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout site.key -out site.crt 2>/dev/null
fi
chmod 444 postgres_password link_token purge_token journal site.crt site.key
echo "$folder: put in your own site.crt and site.key before anybody else comes."
