#!/usr/bin/env bash
# Every double of a tool, as a program; what it does is in doubles.sh.
double "${0##*/}" "$@"
