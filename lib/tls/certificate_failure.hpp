#pragma once
// Why a certificate was not accepted, with the facts of it that help: its names, its validity.
#include <openssl/x509.h>

#include <string>

namespace telex::tls {

// "hostname mismatch: the certificate is for bus.example, 10.0.0.1". `verdict`: X509_V_ERR_…;
// `certificate`: the one that it is about, or null.
std::string describe_failure(long verdict, const X509* certificate);

}  // namespace telex::tls
