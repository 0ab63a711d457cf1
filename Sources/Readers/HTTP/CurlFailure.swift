internal import CCurl

/// Why libcurl could not go on.
struct CurlFailure: Error {
    enum Kind {
        /// The host has only addresses that may not be connected to, such as this one.
        case refused(NetworkAddress)
        /// The host's name leads to no address.
        case unresolved
        case unreachable
        /// No secure connection, or a certificate that is not trusted.
        case insecure
        /// The connection broke, or ended before the body did.
        case broken
        case timedOut
        case other
    }

    let kind: Kind
    /// What happened, in libcurl's words.
    let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    init(_ code: CURLcode, detail: String) {
        kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
            case CURLE_COULDNT_CONNECT: .unreachable
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_ENGINE_INITFAILED:
                .insecure
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .broken
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            default: .other
            }
        reason = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    }
}
