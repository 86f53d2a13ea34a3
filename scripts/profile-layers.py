#!/usr/bin/env python3
"""Adds up a profile of the daemon by layer; reads standard input.

usage: perf script --fields comm,ip,sym,dso | profile-layers.py perf
       callgrind_annotate FILE | profile-layers.py callgrind

A sample belongs to the innermost frame that can be told: memcpy called by the WebSocket is Net's.
Time in the kernel belongs to the system call that led there.
"""
import collections
import re
import sys

# Part of a symbol or a library -> layer; the first match counts.
LAYERS = [
    (r"streamd_vad|\$s3VAD|(multiply|lstm)_(base|avx)", "VAD (Silero, levels)"),
    (r"\$s3DSP|libsamplerate|libwebrtc|streamd_audio", "DSP (G.711, resampling)"),
    (r"\$s6Twilio", "Twilio (messages)"),
    (r"\$s9Pipelines", "Pipelines (turns, playout)"),
    (r"\$s3Net|libuv|libwslay|libhttp_parser|libssl|libcrypto|uv__|uv_|wslay_", "Net"),
    (r"\$s8Realtime", "Realtime"),
    (r"\$s6Daemon|\$s7StreamD|\$s5Store|\$s10Assistants|sqlite", "Daemon (log, metrics, store)"),
]
# Kernel functions near the root of a system call -> what it is.
SYSTEM_CALLS = [
    (r"sys_(read|recv|readv)", "kernel: socket read"),
    (r"sys_(write|send|writev|sendmsg|sendto)", "kernel: socket write"),
    (r"sys_epoll", "kernel: epoll"),
    (r"sys_timerfd", "kernel: timer descriptor"),
    (r"sys_futex", "kernel: threads waiting and waking"),
]
OTHER = "other (Swift and C runtime, start of threads)"


def find(table, text):
    for pattern, layer in table:
        if re.search(pattern, text):
            return layer
    return None


def layer_of(frames):
    """The layer of one sample, innermost frame first; each is (symbol, library)."""
    in_kernel = "[kernel" in frames[0][1] or frames[0][1].endswith(".ko")
    if in_kernel:
        for symbol, _ in frames:
            name = find(SYSTEM_CALLS, symbol)
            if name:
                return name
        return "kernel: other (interrupts, scheduling, faults)"
    for symbol, library in frames:
        name = find(LAYERS, symbol + " " + library)
        if name:
            return name
    return OTHER


def read_perf(lines):
    counts = collections.Counter()
    leaves = collections.Counter()
    frames = []
    for line in lines:
        if not line.strip():
            if frames:
                layer = layer_of(frames)
                counts[layer] += 1
                leaves[(layer, frames[0][0])] += 1
            frames = []
        elif line[0] in " \t":
            match = re.match(r"\s+[0-9a-f]+ (.*) \((.*)\)$", line.rstrip())
            if match:
                frames.append((match.group(1), match.group(2)))
    return counts, leaves


def read_callgrind(lines):
    counts = collections.Counter()
    leaves = collections.Counter()
    for line in lines:
        match = re.match(r"\s*([0-9,]+) \([^)]*\)\s+(\S.*)$", line)
        if match and "PROGRAM TOTALS" not in line:
            cost = int(match.group(1).replace(",", ""))
            layer = find(LAYERS, match.group(2)) or OTHER
            counts[layer] += cost
            leaves[(layer, match.group(2).split(":")[-1])] += cost
    return counts, leaves


def main():
    readers = {"perf": read_perf, "callgrind": read_callgrind}
    if len(sys.argv) != 2 or sys.argv[1] not in readers:
        sys.exit(__doc__)
    counts, leaves = readers[sys.argv[1]](sys.stdin)
    total = sum(counts.values())
    if total == 0:
        sys.exit("profile-layers: the profile holds no samples")
    for layer, count in counts.most_common():
        print(f"  {100 * count / total:5.1f} %  {layer}")
    print("  the functions that take most:")
    for (layer, symbol), count in leaves.most_common(12):
        print(f"  {100 * count / total:5.1f} %  {symbol[:70]}  [{layer}]")


main()
