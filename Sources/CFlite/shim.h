#include <flite/flite.h>
#include <string.h>

// The voices' libraries come without headers. Each keeps the one voice that it makes in a global and
// hands it out again to whoever asks.
cst_voice *register_cmu_us_rms(const char *voxdir);
cst_voice *register_cmu_us_slt(const char *voxdir);
cst_voice *register_cmu_us_awb(const char *voxdir);
cst_voice *register_cmu_us_kal(const char *voxdir);
extern cst_voice *cmu_us_rms_cg;
extern cst_voice *cmu_us_slt_cg;
extern cst_voice *cmu_us_awb_cg;
extern cst_voice *cmu_us_kal_diphone;

/// Makes a voice that no other thread has. A voice counts references to its features without locks,
/// so two threads must not share one; forgetting the global makes the library build another, on the
/// same read-only data. Not to be called on two threads at once. NULL for an unknown name.
static inline cst_voice *streamd_flite_new_voice(const char *name) {
    if (strcmp(name, "rms") == 0) {
        cmu_us_rms_cg = NULL;
        return register_cmu_us_rms(NULL);
    }
    if (strcmp(name, "slt") == 0) {
        cmu_us_slt_cg = NULL;
        return register_cmu_us_slt(NULL);
    }
    if (strcmp(name, "awb") == 0) {
        cmu_us_awb_cg = NULL;
        return register_cmu_us_awb(NULL);
    }
    if (strcmp(name, "kal") == 0) {
        cmu_us_kal_diphone = NULL;
        return register_cmu_us_kal(NULL);
    }
    return NULL;
}
