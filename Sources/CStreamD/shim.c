#include "streamd.h"
