#include "auth/signing_key.hpp"

#include "auth/nkey.hpp"
#include "auth/token.hpp"
#include "auth/wipe.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <new>
#include <system_error>

namespace telex::auth {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context make_context() {
    Context context(EVP_MD_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    return context;
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Keeps OpenSSL from prompting for a passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return 0;
}

constexpr std::size_t kMaxKeyFile = 64U << 10U;

// The text without spaces at its ends, if it is one line; else nothing.
std::string_view only_line(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
    text.remove_prefix(begin);
    text = text.substr(0, text.find_last_not_of(kSpaces) + 1);
    return text.find('\n') == std::string_view::npos ? text : std::string_view();
}

}  // namespace

SigningKey SigningKey::generate() {
    EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (key == nullptr) {
        throw std::bad_alloc();
    }
    return SigningKey(key);
}

SigningKey SigningKey::from_seed(const Seed& seed) {
    EVP_PKEY* const key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
    if (key == nullptr) {
        throw std::bad_alloc();
    }
    return SigningKey(key);
}

Result<SigningKey, std::string> SigningKey::read(const std::string& file) {
    const std::unique_ptr<std::FILE, CloseFile> opened(std::fopen(file.c_str(), "re"));
    if (!opened) {
        return unexpected(file + ": " + std::generic_category().message(errno));
    }
    std::string text(kMaxKeyFile, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), opened.get()));
    const std::string_view line = only_line(text);
    const bool is_seed = line.starts_with('S');
    auto key = is_seed ? from_nkey_seed(line) : from_pem(text);
    wipe(text);
    if (!key) {
        return unexpected(file + (is_seed ? ": the seed " : ": ") + key.error());
    }
    return key;
}

Result<SigningKey, std::string> SigningKey::from_pem(std::string_view text) {
    const std::unique_ptr<BIO, FreeBio> memory(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))
    );
    if (!memory) {
        throw std::bad_alloc();
    }
    SigningKey key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key.key_) {
        return unexpected(std::string("has no private key that can be read without a passphrase"));
    }
    if (EVP_PKEY_get_id(key.key_.get()) != EVP_PKEY_ED25519) {
        return unexpected(std::string("the key is not of type Ed25519"));
    }
    return key;
}

std::string SigningKey::pem() const {
    const std::unique_ptr<BIO, FreeBio> memory(BIO_new(BIO_s_secmem()));
    char* text = nullptr;
    if (!memory || PEM_write_bio_PKCS8PrivateKey(
                       memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr
                   ) != 1) {
        throw std::bad_alloc();
    }
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

SigningKey::Seed SigningKey::seed() const {
    Seed seed{};
    std::size_t size = seed.size();
    EVP_PKEY_get_raw_private_key(key_.get(), seed.data(), &size);
    return seed;
}

PublicKey SigningKey::public_key() const {
    PublicKey key{};
    std::size_t size = key.size();
    EVP_PKEY_get_raw_public_key(key_.get(), key.data(), &size);
    return key;
}

std::string SigningKey::sign(std::string_view statement) const {
    const Context context = make_context();
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(
            context.get(),
            reinterpret_cast<unsigned char*>(signature.data()),
            &size,
            bytes_of(statement),
            statement.size()
        ) != 1) {
        throw std::bad_alloc();
    }
    return signature;
}

bool signature_fits(const PublicKey& key, std::string_view statement, std::string_view signature) {
    struct Free {
        void operator()(EVP_PKEY* made) const { EVP_PKEY_free(made); }
    };

    const std::unique_ptr<EVP_PKEY, Free> made(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size())
    );
    const Context context = make_context();
    const bool fits =
        made && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, made.get()) == 1 &&
        EVP_DigestVerify(
            context.get(),
            bytes_of(signature),
            signature.size(),
            bytes_of(statement),
            statement.size()
        ) == 1;
    ERR_clear_error();
    return fits;
}

std::string challenge_statement(std::string_view nonce, std::string_view channel_binding) {
    // The prefix separates these signatures from other uses of the same key.
    constexpr std::string_view kName("telex.v1.Challenge\0", 19);
    std::string statement(kName);
    statement += nonce;
    statement += channel_binding;
    return statement;
}

}  // namespace telex::auth
