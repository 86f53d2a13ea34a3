// Our own C: everything here is prefixed streamd_.
#pragma once
#include "streamd_audio_processing.h"
