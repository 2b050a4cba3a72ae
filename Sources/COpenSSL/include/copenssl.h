// The part of OpenSSL 3's libcrypto that is used: message digests and HMAC. Its functions are plain C and need no shim.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#endif
