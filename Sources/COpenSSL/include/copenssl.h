// The part of OpenSSL 3's libcrypto that is used: message digests, HMAC, comparing, and reading certificates and keys
// in PEM. Its functions are plain C and need no shim.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#endif
