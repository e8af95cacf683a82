#!/bin/sh
# Assay collector: reads from your AWS accounts what an assessment asks for and puts it into one ZIP.
#
#   sh assay-collect.sh                    shows every command that would run, then asks
#   sh assay-collect.sh --dry-run          shows every command, and runs none
#   sh assay-collect.sh --profile audit    as a profile of your AWS CLI, in the account of that profile
#   sh assay-collect.sh --accounts all --role-name AssayEvidenceReader
#                                          in every account of the organization, through a role in each
#   sh assay-collect.sh --help             all options
#
# It needs the AWS CLI (version 1 or 2) and python3 (3.6 or newer, no packages). It only lists and describes: the one
# command that changes anything is `iam generate-credential-report`, which renews a report that AWS keeps for you.
# It reads no object, no secret, no parameter's value and no user data. The values of the environment variables of
# Lambda functions come with a list that is read; they are replaced by REDACTED before anything is written.
# What AWS refuses is recorded as refused, and the rest goes on. Nothing is sent anywhere: you get a ZIP, and you add
# it to the assessment. Keys are never printed, written to a file or put on a command line.

# Groups of names and regions are split into words on purpose, and a number counts inside its own loop.
# shellcheck disable=SC2086,SC2030,SC2031

set -u
set +x # not even a trace shows the keys of a role
umask 077
VERSION=1.0
TAB=$(printf '\t')

usage() {
    cat <<'TEXT'
Usage: sh assay-collect.sh [options]

  --profile NAME        the profile of your AWS CLI to use
  --accounts LIST       account ids separated by commas, or "all": the active accounts of the organization.
                        Without it: the account you are signed in to
  --role-name NAME      the role to take in other accounts
  --external-id TEXT    the external id that the role asks for
  --regions LIST        look at these regions only, separated by commas; the others then stay unknown.
                        Without it: every region that is enabled
  --output FILE         the ZIP to write (aws-evidence-ACCOUNT-TIME.zip in the current folder)
  --jobs NUMBER         commands that run at the same time, 1 to 16 (4)
  --endpoint-url URL    another endpoint than AWS's own
  --dry-run             show every command, and run none
  --yes                 run without asking
  --version, --help
TEXT
}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'assay-collect: %s\n' "$*" >&2
    exit 1
}

misused() {
    printf 'assay-collect: %s\nTry --help.\n' "$*" >&2
    exit 2
}

# --- What is read -------------------------------------------------------------------------------------------------
# Each `ask` is one command. Its first two words say where the answer belongs (a region or "global") and what it is
# about, if more than one answer of the command is kept. The same lines are shown before anything runs.

ask_account() {
    heading "In each account"
    ask global '' sts get-caller-identity
    ask global '' iam generate-credential-report
    ask global '' account list-regions
    ask global '' ec2 describe-regions --filters Name=opt-in-status,Values=opt-in-not-required,opted-in
    ask global '' iam get-account-summary
    ask global '' iam get-account-authorization-details --filter User Role Group LocalManagedPolicy
    ask global '' iam list-saml-providers
    ask global '' iam list-virtual-mfa-devices
    ask global '' organizations describe-organization
    ask global '' s3api list-buckets
    ask global '' s3control get-public-access-block --account-id "$account"
    run
    ask global '' iam get-credential-report
    run
}

ask_organization() {
    heading "In the management account, or the one you start from"
    ask global '' organizations list-accounts
    ask global '' organizations list-roots
    ask global '' organizations list-policies --filter SERVICE_CONTROL_POLICY
    ask global '' iam list-organizations-features
    run
    names POLICY global organizations.list-policies Policies.Id | while read -r policy; do
        ask global "$policy" organizations describe-policy --policy-id "$policy"
        ask global "$policy" organizations list-targets-for-policy --policy-id "$policy"
    done
    run
    parents=$(names ROOT_OR_UNIT global organizations.list-roots Roots.Id)
    while [ -n "$parents" ]; do
        for parent in $parents; do
            ask global "$parent" organizations list-organizational-units-for-parent --parent-id "$parent"
            ask global "$parent" organizations list-accounts-for-parent --parent-id "$parent"
        done
        run
        [ -z "$planning" ] || return 0
        parents=$(for parent in $parents; do
            names UNIT global "organizations.list-organizational-units-for-parent.$parent" OrganizationalUnits.Id
        done)
    done
}

ask_buckets() {
    heading "For each S3 bucket (its settings, never what is in it)"
    names BUCKET global s3api.list-buckets Buckets.Name | while read -r bucket; do
        ask global "$bucket" s3api get-bucket-location --bucket "$bucket"
    done
    run
    located | while IFS="$TAB" read -r bucket home; do
        for command in get-bucket-acl get-bucket-policy-status get-public-access-block get-bucket-logging \
            get-bucket-encryption get-bucket-replication; do
            ask global "$bucket" s3api "$command" --bucket "$bucket" --region "$home"
        done
    done
    run
}

ask_region() {
    ask "$1" '' ec2 describe-instances
    ask "$1" '' ec2 describe-volumes
    ask "$1" '' ec2 describe-network-interfaces
    ask "$1" '' rds describe-db-instances
    ask "$1" '' rds describe-db-clusters
    ask "$1" '' lambda list-functions
    ask "$1" '' efs describe-file-systems
    ask "$1" '' dynamodb list-tables
    ask "$1" '' configservice describe-configuration-recorders
    ask "$1" '' configservice describe-configuration-recorder-status
    ask "$1" '' configservice describe-delivery-channels
    ask "$1" '' guardduty list-detectors
    ask "$1" '' cloudtrail describe-trails
    ask "$1" '' sso-admin list-instances
}

ask_region_more() {
    # An account that only logs is in use nowhere; the home of a trail tells of it all the same.
    names TRAIL "$1" cloudtrail.describe-trails trailList.TrailARN |
        while read -r trail; do
            case $planning$trail in
            planning* | arn:*:"$1:$account":*)
                ask "$1" "$trail" cloudtrail get-trail-status --name "$trail"
                ask "$1" "$trail" cloudtrail get-event-selectors --trail-name "$trail"
                ;;
            esac
        done
    names DETECTOR "$1" guardduty.list-detectors DetectorIds | while read -r detector; do
        ask "$1" "$detector" guardduty get-detector --detector-id "$detector"
    done
    names STORE "$1" sso-admin.list-instances Instances.IdentityStoreId | while read -r store; do
        ask "$1" "$store" identitystore list-users --identity-store-id "$store"
    done
}

ask_active_region() {
    ask "$1" '' ec2 describe-vpcs
    ask "$1" '' ec2 describe-subnets
    ask "$1" '' ec2 describe-route-tables
    ask "$1" '' ec2 describe-security-groups
    ask "$1" '' ec2 describe-managed-prefix-lists
    ask "$1" '' ec2 describe-snapshots --owner-ids self
    ask "$1" '' ec2 describe-images --owners self
    ask "$1" '' ec2 get-ebs-encryption-by-default
    ask "$1" '' ec2 describe-instance-connect-endpoints
    ask "$1" '' ec2 describe-client-vpn-endpoints
    ask "$1" '' rds describe-db-proxies
    ask "$1" '' rds describe-db-snapshots
    ask "$1" '' redshift describe-clusters
    ask "$1" '' elasticache describe-replication-groups
    ask "$1" '' elasticache describe-cache-clusters
    ask "$1" '' opensearch list-domain-names
    ask "$1" '' dax describe-clusters
    ask "$1" '' kinesis list-streams
    ask "$1" '' secretsmanager list-secrets
    ask "$1" '' ssm describe-parameters
    ask "$1" '' ssm describe-instance-information
    ask "$1" '' ssm list-associations
    ask "$1" '' backup list-backup-plans
    ask "$1" '' imagebuilder list-image-pipelines
    ask "$1" '' cloudformation list-stacks
    ask "$1" '' resourcegroupstaggingapi get-resources
}

ask_active_region_more() {
    names TRAIL "$1" cloudtrail.describe-trails trailList.TrailARN | while read -r trail; do
        ask "$1" "$trail" cloudtrail get-trail-status --name "$trail"
    done
    names LIST "$1" ec2.describe-managed-prefix-lists PrefixLists.PrefixListId PrefixLists.OwnerId |
        while IFS="$TAB" read -r list owner; do
            [ "$owner" = AWS ] ||
                ask "$1" "$list" ec2 get-managed-prefix-list-entries --prefix-list-id "$list"
        done
    names STREAM "$1" kinesis.list-streams StreamNames | while read -r stream; do
        ask "$1" "$stream" kinesis describe-stream-summary --stream-name "$stream"
    done
    names TABLE "$1" dynamodb.list-tables TableNames | while read -r table; do
        ask "$1" "$table" dynamodb describe-table --table-name "$table"
    done
    names PLAN "$1" backup.list-backup-plans BackupPlansList.BackupPlanId | while read -r backup; do
        ask "$1" "$backup" backup get-backup-plan --backup-plan-id "$backup"
    done
    number=
    names DOMAIN "$1" opensearch.list-domain-names DomainNames.DomainName | in_groups_of 5 |
        while read -r group; do
            ask "$1" "$number" opensearch describe-domains --domain-names $group
            number=$((${number:-1} + 1))
        done
    names INSTANCE "$1" ssm.describe-instance-information InstanceInformationList.InstanceId | in_groups_of 50 |
        while read -r group; do
            ask "$1" "$number" ssm describe-instance-patch-states --instance-ids $group
            number=$((${number:-1} + 1))
        done
    # By filter: an image that is gone would make --image-ids fail for all of them.
    names IMAGE "$1" ec2.describe-instances Reservations.Instances.ImageId | sort -u | in_groups_of 200 |
        while read -r group; do
            images=$(printf '%s' "$group" | tr ' ' ',')
            ask "$1" "used${number:+-$number}" ec2 describe-images --filters "Name=image-id,Values=$images"
            number=$((${number:-1} + 1))
        done
}

# --- How it is read -----------------------------------------------------------------------------------------------

heading() { [ -z "$planning" ] || printf '\n%s:\n' "$*"; }

# Put one command into the queue; `run` runs all of the queue.
ask() {
    place=$1 about=$2
    shift 2
    [ "$place" = global ] || set -- "$@" --region "$place"
    if [ -n "$planning" ]; then
        say "  aws $*"
        return 0
    fi
    { printf '%s\t%s\t%s' "$account" "$place" "$about" && printf '\t%s' "$@" && printf '\n'; } >>"$work/queue" ||
        fail "The queue of commands could not be written. Is the disk full?"
}

run() {
    [ -z "$planning" ] && [ -s "$work/queue" ] || return 0
    python3 -I -S "$work/helper.py" run "$jobs" &
    child=$!
    wait "$child"
    code=$?
    child=
    [ "$code" -eq 0 ] || exit "$code" # it has said why
}

# Print what an answer lists: names FOR_THE_PLAN PLACE ANSWER MEMBER [MEMBER...], one line each, tabs between members.
names() {
    if [ -n "$planning" ]; then
        say "$1"
    else
        place=$2 answer=$3
        shift 3
        python3 -I -S "$work/helper.py" names "$account/$place/$answer.json" "$@"
    fi
}

located() {
    if [ -n "$planning" ]; then
        printf 'BUCKET\tREGION_OF_BUCKET\n'
    else
        python3 -I -S "$work/helper.py" located "$account"
    fi
}

# Lines into lines of at most $1 words; nothing stays nothing, whatever xargs does with it.
in_groups_of() { xargs -n "$1" echo | grep .; }

plan() {
    planning=planning account=ACCOUNT
    say "Assay collector $VERSION runs the commands below and no others. Words in capitals stand for what is found."
    if [ -n "$accounts" ]; then
        heading "To reach other accounts (the keys stay in memory)"
        say "  aws sts assume-role --role-arn arn:aws:iam::ACCOUNT:role/${role:-NAME} --role-session-name assay-collector" \
            "${external:+--external-id EXTERNAL_ID}"
    fi
    ask_account
    ask_organization
    ask_buckets
    heading "In each region that is enabled${regions:+ (only: $regions)}"
    ask_region REGION
    ask_region_more REGION
    heading "In each region that is in use"
    ask_active_region REGION
    ask_active_region_more REGION
    say
    planning=
}

# Everything of one account, with its credentials in the environment.
collect_account() {
    say "Account $account"
    ask_account
    management=$(names '' global organizations.describe-organization Organization.MasterAccountId)
    if [ -n "$management" ] && { [ "$account" = "$management" ] || [ "$account" = "$start" ]; }; then
        ask_organization
    fi
    ask_buckets
    enabled=$(python3 -I -S "$work/helper.py" enabled "$account" "$regions") || exit 1
    for region in $enabled; do ask_region "$region"; done
    run
    active=$(python3 -I -S "$work/helper.py" active "$account" "$regions" $enabled) || exit 1
    for region in $enabled; do ask_region_more "$region"; done
    for region in $active; do ask_active_region "$region"; done
    run
    for region in $active; do ask_active_region_more "$region"; done
    run
}

# Take the role in account $1; false if AWS refuses. The keys live in the environment of this process alone.
assume() {
    arn="arn:$partition:iam::$1:role/$role"
    say "aws sts assume-role --role-arn $arn --role-session-name assay-collector${external:+ --external-id EXTERNAL_ID}"
    # shellcheck disable=SC2046 # three words
    set -- $(aws sts assume-role --role-arn "$arn" --role-session-name assay-collector \
        ${external:+--external-id "$external"} ${endpoint:+--endpoint-url "$endpoint"} \
        --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text 2>"$work/problem")
    [ $# -eq 3 ] || return 1
    export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
}

remember() {
    own_key=${AWS_ACCESS_KEY_ID-} own_secret=${AWS_SECRET_ACCESS_KEY-} own_token=${AWS_SESSION_TOKEN-}
}

restore() {
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    [ -z "$own_key" ] || export AWS_ACCESS_KEY_ID="$own_key" AWS_SECRET_ACCESS_KEY="$own_secret"
    [ -z "$own_token" ] || export AWS_SESSION_TOKEN="$own_token"
}

# Print account and partition of the credentials in use; stop with the reason where there are none.
identify() { python3 -I -S "$work/helper.py" identify || exit 1; }

collect() {
    found=$(identify) || exit 1
    start=${found%%"$TAB"*} partition=${found#*"$TAB"}
    case $accounts in
    '') wanted=$start ;;
    all)
        account=$start
        ask global '' organizations list-accounts
        run
        wanted=$(names '' global organizations.list-accounts Accounts.Id)
        [ -n "$wanted" ] || fail "Account $start may not list the accounts of the organization. Run this in the" \
            "management account, or name the accounts: --accounts 111122223333,444455556666."
        wanted=$(python3 -I -S "$work/helper.py" members "$start")
        ;;
    *) wanted=$(printf '%s' "$accounts" | tr ',' ' ') ;;
    esac
    for account in $wanted; do
        [ "$account" = "$start" ] || [ -n "$role" ] ||
            fail "To read account $account name the role to take there: --role-name NAME."
    done
    wanted=$(printf '%s\n' $wanted | sort -u)
    say "$wanted" >"$work/declared" || fail "The list of accounts could not be written."
    remember
    for account in $wanted; do
        if [ "$account" = "$start" ]; then
            collect_account
        elif assume "$account"; then
            found=$(identify) || exit 1
            [ "${found%%"$TAB"*}" = "$account" ] || fail "The role in $account leads to account ${found%%"$TAB"*}."
            collect_account
        else
            say "  No evidence of account $account: the role could not be taken. $(tail -n 1 "$work/problem")"
        fi
        restore
    done
    python3 -I -S "$work/helper.py" finish "$output" "$VERSION" "$partition" "$start" || exit 1
}

# --- Start and end ------------------------------------------------------------------------------------------------

planning='' child='' work=''
profile='' accounts='' role='' external='' regions='' output='' jobs=4 endpoint='' is_dry='' is_sure=''

# Whatever way this ends, no command goes on and no file stays behind.
clean_up() {
    code=$?
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    fi
    [ -z "$work" ] || rm -rf "$work"
    trap - EXIT
    exit "$code"
}

check() { # option value pattern: the whole value must be made of what the pattern allows
    printf '%s\n' "$2" | grep -Eqx -e "$3" || misused "$1 cannot be \"$2\"."
}

read_options() {
    while [ $# -gt 0 ]; do
        option=$1
        shift
        case $option in
        --*=*)
            set -- "${option#*=}" "$@"
            option=${option%%=*}
            ;;
        esac
        case $option in
        --dry-run) is_dry=yes && continue ;;
        --yes) is_sure=yes && continue ;;
        --version) say "assay-collect $VERSION" && exit 0 ;;
        --help | -h) usage && exit 0 ;;
        --profile | --accounts | --role-name | --external-id | --regions | --output | --jobs | --endpoint-url) ;;
        *) misused "There is no option $option." ;;
        esac
        [ -n "${1-}" ] || misused "$option needs a value."
        case $option in
        --profile) profile=$1 ;;
        --accounts) check "$option" "$1" 'all|[0-9]{12}(,[0-9]{12})*' && accounts=$1 ;;
        --role-name) check "$option" "$1" '[A-Za-z0-9+=,.@_/-]{1,512}' && role=$1 ;;
        --external-id) check "$option" "$1" '[A-Za-z0-9+=,.@:/_-]{2,1224}' && external=$1 ;;
        --regions) check "$option" "$1" '[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}(,[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})*' && regions=$1 ;;
        --output) output=$1 ;;
        --jobs) check "$option" "$1" '[1-9]|1[0-6]' && jobs=$1 ;;
        --endpoint-url) check "$option" "$1" 'https?://[^ ]+' && endpoint=$1 ;;
        esac
        shift
    done
}

prepare() {
    command -v python3 >/dev/null || fail "python3 was not found. Install Python 3.6 or newer."
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 6))' || fail "python3 is too old: 3.6 or newer is needed."
    command -v aws >/dev/null || fail "The AWS command line (aws) was not found. Install version 2, sign in, and try again."
    if [ -e "${output:-/nowhere/at/all}" ]; then fail "$output exists already. Name another file with --output."; fi
    folder=$(dirname -- "${output:-here}")
    [ -d "$folder" ] || fail "There is no folder $folder."
    [ -w "$folder" ] || fail "The folder $folder is not yours to write to."
    if [ -n "$profile" ]; then
        unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN # they would win over the profile
        export AWS_PROFILE="$profile"
    fi
    home=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || :)}}
    export AWS_REGION="${home:-us-east-1}" AWS_DEFAULT_REGION="${home:-us-east-1}"
    export AWS_PAGER='' AWS_DEFAULT_OUTPUT=json AWS_CLI_AUTO_PROMPT=off PYTHONUTF8=1
    export AWS_RETRY_MODE=adaptive AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-5}" # wait where AWS asks for it
    ASSAY_AWS=$(command -v aws) # the one found here, whatever PATH a wrapper of python3 makes
    export ASSAY_AWS ASSAY_ENDPOINT="$endpoint"
    work=$(mktemp -d "${TMPDIR:-/tmp}/assay-collect.XXXXXX") || fail "No temporary folder could be made. Is the disk full?"
    write_helper || fail "The temporary folder could not be written to. Is the disk full?"
}

main() {
    read_options "$@"
    plan
    [ -z "$is_dry" ] || exit 0
    if [ -z "$is_sure" ]; then
        [ -t 0 ] || {
            say "Nothing was run. Add --yes to run these commands."
            exit 0
        }
        printf 'Run them? [y/N] '
        read -r reply || reply=
        case $reply in y | Y | yes | Yes) ;; *)
            say "Nothing was run."
            exit 0
            ;;
        esac
    fi
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    prepare
    collect
}

# --- The helper: runs the commands, keeps their answers and makes the ZIP ------------------------------------------

write_helper() {
    mkdir "$work/bundle" && cat >"$work/helper.py" <<'PYTHON'
"""Python 3.6 or newer, standard library only. Called by assay-collect.sh; reads and writes its own folder."""

import base64
import datetime
import errno
import hashlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

WORK = os.path.dirname(os.path.abspath(__file__))
BUNDLE = os.path.join(WORK, "bundle")
QUEUE, RECORDS = os.path.join(WORK, "queue"), os.path.join(WORK, "records")
FAILED = re.compile(r"An error occurred \(([^)]+)\) when calling the (\w+) operation(?: \([^)]*\))?: ?(.*)", re.S)
KEY_ID = re.compile(r"\b(A[KS]IA)[A-Z0-9]{16}\b")
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
NOT_SET = {  # an answer as good as any: this is not configured
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "AWSOrganizationsNotInUseException",
}
# A region is in use if one of these is not empty there, or a bucket lies there.
IN_USE = {
    "ec2.describe-instances": "Reservations",
    "ec2.describe-volumes": "Volumes",
    "ec2.describe-network-interfaces": "NetworkInterfaces",
    "rds.describe-db-instances": "DBInstances",
    "rds.describe-db-clusters": "DBClusters",
    "lambda.list-functions": "Functions",
    "efs.describe-file-systems": "FileSystems",
    "dynamodb.list-tables": "TableNames",
}
REPORT_TRIES, REPORT_WAIT = 60, 2  # times, seconds
# What Assay takes: a file, all files, their number, unpacked to packed.
MOST_BYTES, MOST_BYTES_OF_ALL, MOST_FILES, MOST_RATIO = 50 * 1024**2, 500 * 1024**2, 20000, 200
lock = threading.Lock()
running, seen, is_over = set(), set(), threading.Event()
unfinished = []  # the ZIP while it is written


class Stop(Exception):
    """Why nothing can go on, as a sentence."""


def say(text):
    with lock:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def read(path):
    """The answer at a path of the bundle, or nothing."""
    try:
        with open(os.path.join(BUNDLE, path), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def listed(value, path):
    """All values at the end of a dotted path through objects and lists."""
    level = [value]
    for name in path.split("."):
        level = [item.get(name) for item in level if isinstance(item, dict)]
        level = [inner for item in level for inner in (item if isinstance(item, list) else [item])]
    return level


def plain(text):
    """Whether a name may become an argument of a command."""
    return isinstance(text, str) and re.match(r"[^\s\x00-\x1f-][^\s\x00-\x1f]*$", text) is not None


# --- Commands ---


def call(command):
    """Run one command of the AWS CLI: its exit code, what it printed, and the error in it or None."""
    endpoint = os.environ.get("ASSAY_ENDPOINT")
    words = ["aws"] + command + (["--endpoint-url", endpoint] if endpoint else [])
    say("  " + " ".join(map(shlex.quote, words)))
    with lock:
        if is_over.is_set():
            raise Stop("")
        child = subprocess.Popen([os.environ["ASSAY_AWS"]] + words[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running.add(child)
    out, problem = child.communicate()
    with lock:
        running.discard(child)
    if is_over.is_set():
        raise Stop("")
    error = None if child.returncode == 0 else refusal(problem.decode("utf-8", "replace"), command)
    return words, child.returncode, out, error


def refusal(text, command):
    """What a command that failed said of it: code, operation, message."""
    operation = "".join(word.capitalize() for word in command[1].split("-"))
    found = FAILED.search(text)
    if found:
        code, operation, message = found.groups()
    elif "Unable to locate credentials" in text:
        code, message = "NoCredentials", text
    elif "Could not connect to the endpoint" in text or "Connect timeout" in text:
        code, message = "CouldNotConnect", text
    elif re.search(r"[Ii]nvalid choice|found invalid choice", text):
        code, message = "CommandUnknown", "This AWS CLI does not know the command. Install a newer one."
    elif "SSO" in text and "expired" in text or "Token has expired" in text:
        code, message = "ExpiredToken", text
    else:
        code, message = "CommandFailed", text
    message = KEY_ID.sub(r"\1****************", " ".join(message.split()))
    return {"code": code, "operation": operation, "message": message[:1000]}


def redacted(command, answer):
    """The answer without the values of environment variables of functions, which AWS lists in clear."""
    if command[:2] != ["lambda", "list-functions"]:
        return answer
    value = json.loads(answer.decode("utf-8"))
    for function in value.get("Functions") or []:
        environment = function.get("Environment") or {}
        if "Variables" in environment:
            environment["Variables"] = {name: "REDACTED" for name in environment["Variables"] or {}}
    return json.dumps(value, indent=4).encode("utf-8")


def stem(region, about, command, account):
    """Path of an answer without its ending; what is no file name becomes the start of its SHA-256."""
    if about and not re.match(r"[A-Za-z0-9._+=@,-]{1,120}$", about):
        about = hashlib.sha256(about.encode("utf-8")).hexdigest()[:16]
    name = ".".join(command[:2]) + ("." + about if about else "")
    return "/".join((account, region, name))


def keep(path, data, account, region, words, code):
    """Write a file of the bundle and remember how it came to be."""
    full = os.path.join(BUNDLE, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(data)
    record = {"path": path, "account": account, "region": region, "command": words, "exit_code": code}
    with lock, open(RECORDS, "a") as file:
        file.write(json.dumps(record) + "\n")


def answer_of(account, region, about, command):
    """Run a command and keep its answer, or the record of its refusal."""
    path = stem(region, about, command, account)
    with lock:
        if path in seen:
            return
        seen.add(path)
    if command[:2] == ["iam", "generate-credential-report"]:
        generate(command)
        return
    words, code, out, error = call(command)
    if error is None:
        try:
            data = redacted(command, out.strip() or b"{}")
            json.loads(data.decode("utf-8"))
            if len(data) > MOST_BYTES:
                error = {"code": "TooLarge", "operation": command[1], "message": "The answer is larger than 50 MB."}
        except (ValueError, AttributeError, TypeError):
            error = {"code": "NotJson", "operation": command[1], "message": "The answer could not be read."}
    if error is None:
        keep(path + ".json", data + b"\n", account, region, words, code)
        if command == ["iam", "get-credential-report"]:
            keep_report(account, data, code)
        return
    stop_if_expired(error)
    if error["code"] not in NOT_SET:
        say("    refused (%s): aws %s" % (error["code"], " ".join(command[:2])))
    data = json.dumps({"error": error}, indent=4).encode("utf-8") + b"\n"
    keep(path + ".error.json", data, account, region, words, code)


def generate(command):
    """Ask for the credential report until it is there; where that is refused, reading it says why."""
    for _ in range(REPORT_TRIES):
        _, _, out, error = call(command)
        if error:
            stop_if_expired(error)
            say("    refused (%s): aws %s" % (error["code"], " ".join(command)))
            return
        if b"COMPLETE" in out:
            return
        time.sleep(REPORT_WAIT)


def keep_report(account, wrapper, code):
    """The credential report itself, beside the answer that says when it was made."""
    try:
        data = base64.b64decode(json.loads(wrapper.decode("utf-8"))["Content"])
    except (ValueError, KeyError, TypeError):
        return
    words = shlex.split("aws iam get-credential-report --query Content --output text '|' base64 -d")
    keep(account + "/global/credential-report.csv", data, account, "global", words, code)


def stop_if_expired(error):
    if error["code"] in EXPIRED:
        raise Stop("Your AWS credentials expired while this ran. Sign in again, then start anew. There is no ZIP.")


def run(jobs):
    """Run the queue. One that stops stops all."""
    with open(QUEUE) as file:
        queue = [line.rstrip("\n").split("\t") for line in file]
    if any(len(words) < 5 for words in queue):
        raise Stop("The queue of commands is damaged. Is the disk full?")
    os.remove(QUEUE)
    seen.update(re.sub(r"(\.error)?\.json$", "", record["path"]) for record in records())
    with ThreadPoolExecutor(int(jobs)) as pool:
        waiting = [pool.submit(answer_of, account, region, about, rest) for account, region, about, *rest in queue]
        try:
            for one in waiting:
                one.result()
        except BaseException:
            end()
            raise


def end():
    """Let no command go on."""
    is_over.set()
    children = list(running)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()


def on_signal(number, _):
    end()
    discard()
    os._exit(128 + number)


def discard():
    """Remove a ZIP that is not whole."""
    for part in unfinished:
        if os.path.exists(part):
            os.remove(part)


# --- What is known so far ---


def records():
    try:
        with open(RECORDS) as file:
            return [json.loads(line) for line in file]
    except OSError:
        return []


def names(path, *members):
    """What an answer lists, a line each; with several members, those of one item stand in one line."""
    columns = [listed(read(path), member) for member in members]
    for row in zip(*columns):
        if plain(row[0]) and all(map(plain, filter(None, row))):
            print("\t".join(value or "" for value in row))


def located(account):
    """Each bucket and its region; `null` is us-east-1, and EU an old name of eu-west-1."""
    for bucket in listed(read(account + "/global/s3api.list-buckets.json"), "Buckets.Name"):
        if plain(bucket):
            print(bucket + "\t" + (bucket_region(account, bucket) or os.environ["AWS_REGION"]))


def bucket_region(account, bucket):
    answer = read(stem("global", bucket, ["s3api", "get-bucket-location"], account) + ".json")
    if "LocationConstraint" not in answer:
        return ""
    region = answer["LocationConstraint"] or "us-east-1"
    return "eu-west-1" if region == "EU" else region


def members(account):
    """The accounts of the organization that are neither suspended nor closed."""
    for item in listed(read(account + "/global/organizations.list-accounts.json"), "Accounts"):
        if (item.get("State") or item.get("Status") or "ACTIVE").upper() == "ACTIVE":
            print(item["Id"])


def regions_of(account):
    return [name for name in listed(read(account + "/global/ec2.describe-regions.json"), "Regions.RegionName") if plain(name)]


def enabled(account, wanted):
    """The regions to look at."""
    known, asked = sorted(regions_of(account)), [name for name in wanted.split(",") if name]
    for name in asked:
        if known and name not in known:
            say_aside("  Region %s is not enabled in account %s and is left out." % (name, account))
    if not known and not asked:
        say_aside("  The regions of account %s are not known; only %s is read." % (account, os.environ["AWS_REGION"]))
        asked = [os.environ["AWS_REGION"]]
    print(" ".join(name for name in asked or known if not known or name in known))


def active(account, wanted, *regions):
    """The regions in use, for the rest of the questions. What could not be told counts as in use."""
    buckets = listed(read(account + "/global/s3api.list-buckets.json"), "Buckets.Name")
    used = {bucket_region(account, bucket) for bucket in buckets if plain(bucket)}
    for region in regions:
        for call_name, member in IN_USE.items():
            found = read("%s/%s/%s.json" % (account, region, call_name))
            if found.get(member) != []:
                used.add(region)
    # With --regions nothing is known of the others: they must not look as if they were empty.
    state = {"id": account, "management": False, "regions_enabled": None, "regions_active": None}
    master = listed(read(account + "/global/organizations.describe-organization.json"), "Organization.MasterAccountId")
    state["management"] = account in master
    if regions_of(account):
        state["regions_enabled"] = sorted(regions_of(account))
        if not wanted:
            state["regions_active"] = sorted(used & set(regions))
    with open(os.path.join(WORK, account + ".account"), "w") as file:
        json.dump(state, file)
    print(" ".join(region for region in regions if region in used))


def identify():
    """Account and partition of the credentials in use."""
    sys.stdout = sys.stderr
    _, _, out, error = call(["sts", "get-caller-identity"])
    sys.stdout = sys.__stdout__
    if error:
        raise Stop(
            {
                "NoCredentials": "No AWS credentials were found. Sign in (aws sso login, aws configure), or name a "
                "profile: --profile NAME.",
                "ExpiredToken": "Your AWS credentials have expired. Sign in again, then start anew.",
                "ExpiredTokenException": "Your AWS credentials have expired. Sign in again, then start anew.",
                "InvalidClientTokenId": "AWS does not know these credentials. Sign in again, or name another profile.",
                "CouldNotConnect": "AWS could not be reached. Check the network, a proxy and the region.",
            }.get(error["code"], "AWS did not say whose credentials these are: %(message)s" % error)
        )
    found = json.loads(out.decode("utf-8"))
    print(found["Account"] + "\t" + found["Arn"].split(":")[1])


def say_aside(text):
    sys.stderr.write(text + "\n")


# --- The ZIP ---


def finish(output, version, partition, start):
    """Write manifest and ZIP. The ZIP takes its name when it is whole."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
    files = [with_hash(record) for record in sorted(records(), key=lambda record: record["path"])]
    accounts = [read(os.path.join(WORK, name)) for name in sorted(os.listdir(WORK)) if name.endswith(".account")]
    if not accounts:
        raise Stop("No account could be read, so there is no ZIP.")
    if len(files) >= MOST_FILES or sum(item["bytes"] for item in files) > MOST_BYTES_OF_ALL:
        raise Stop("This is more than one ZIP may hold. Run this for fewer accounts at a time: --accounts.")
    with open(os.path.join(WORK, "declared")) as file:
        declared = file.read().split()
    manifest = {
        "schema": "aws-evidence-bundle/1",
        "collected_at": now.isoformat() + "Z",
        "collector": {"name": "assay-collect", "version": version, "aws_cli": cli_version()},
        "partition": partition,
        "accounts": [{name: value for name, value in account.items() if value is not None} for account in accounts],
        "declared_accounts": declared,
        "files": files,
    }
    data = json.dumps(manifest, indent=1).encode("utf-8") + b"\n"
    with open(os.path.join(BUNDLE, "manifest.json"), "wb") as file:
        file.write(data)
    output = output or "aws-evidence-%s-%s.zip" % (start, now.strftime("%Y%m%dT%H%M%SZ"))
    write_zip(output, ["manifest.json"] + [item["path"] for item in files], now)
    refused = sum(1 for item in files if item["path"].endswith(".error.json") and not is_not_set(item["path"]))
    say("")
    say("Wrote %s: %d files of %d accounts, %.1f MB." % (output, len(files) + 1, len(accounts), os.path.getsize(output) / 1e6))
    say("Refused by AWS, and recorded as such: %d commands." % refused)
    say("SHA-256 of manifest.json: " + hashlib.sha256(data).hexdigest())
    say("SHA-256 of the ZIP:       " + sha256(output))
    say("It holds names, e-mail addresses and policies of your accounts. Keep it safe, and delete it when it is uploaded.")


def with_hash(record):
    path = os.path.join(BUNDLE, record["path"])
    return dict(
        path=record["path"],
        bytes=os.path.getsize(path),
        sha256=sha256(path),
        account=record["account"],
        region=record["region"],
        command=record["command"],
        exit_code=record["exit_code"],
    )


def is_not_set(path):
    return listed(read(path), "error.code")[0] in NOT_SET


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def cli_version():
    found = subprocess.Popen([os.environ["ASSAY_AWS"], "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return found.communicate()[0].decode("utf-8", "replace").strip()[:200]


def write_zip(output, paths, now):
    part = output + ".part"
    unfinished.append(part)
    try:
        with zipfile.ZipFile(part, "w", allowZip64=False) as archive:
            for path in paths:
                with open(os.path.join(BUNDLE, path), "rb") as file:
                    data = file.read()
                info = zipfile.ZipInfo(path, now.timetuple()[:6])
                info.external_attr = 0o100600 << 16
                packed = len(zlib.compress(data)) if data else 0
                info.compress_type = zipfile.ZIP_DEFLATED if len(data) < MOST_RATIO * packed else zipfile.ZIP_STORED
                archive.writestr(info, data)
        os.rename(part, output)
    finally:
        discard()


ACTIONS = {
    "run": run,
    "names": names,
    "located": located,
    "members": members,
    "enabled": enabled,
    "active": active,
    "identify": identify,
    "finish": finish,
}

if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        ACTIONS[sys.argv[1]](*sys.argv[2:])
    except Stop as error:
        if str(error):
            sys.stderr.write("assay-collect: %s\n" % error)
        sys.exit(1)
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "The disk is full" if is_full else "%s (%s)" % (error.strerror, error.filename)
        sys.stderr.write("assay-collect: %s. There is no ZIP.\n" % reason)
        sys.exit(1)
PYTHON
}

main "$@"
