#!/bin/sh
# An example for cron. Copy it, change the two lines below, and let cron call it:
#
#   crontab -e
#   30 3 * * * /home/me/photosync/bin/run.sh
#
# It says nothing while all is well; cron mails what goes wrong.
photos=$HOME/Photos
where=folder:/mnt/backup

exec "$(dirname "$(readlink -f "$0")")/photosync" \
    -d "$photos" -p "$where" -m sync --quiet --log "$HOME/photosync.log"
