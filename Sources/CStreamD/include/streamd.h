// Our own C: everything here is prefixed streamd_.
#pragma once

#include "streamd_curl.h"
#include "streamd_net.h"
#include "streamd_realtime.h"
#include "streamd_vad.h"
#include "streamd_audio_processing.h"
