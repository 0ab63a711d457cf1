// SHA256_Init and its like are deprecated in favour of EVP, which looks its algorithms up in providers first: see
// docs/decisions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
