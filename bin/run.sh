#!/bin/sh
# An example for cron. Copy it, change the lines below, and let cron call the copy:
#
#   crontab -e
#   30 3 * * * /home/me/run.sh
#
# It says nothing while all is well; cron mails what goes wrong. `both` stands for Flickr and
# Google Drive (sign in first: bin/photosync -a); another disk is folder:/mnt/backup.
photos=$HOME/Photos
where=both
# Cron looks for programs in few places: here stands the whole path.
photosync=$HOME/photosync/bin/photosync

exec "$photosync" -d "$photos" -p "$where" -m sync --quiet --log "$HOME/photosync.log"
