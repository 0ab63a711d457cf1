internal import CCurl
internal import Glibc

/// One HTTP exchange after the other over libcurl, pulled: bytes come only while someone waits for them, and at most
/// `bufferedBytes` are here until they are read. The connection is kept for the next exchange.
///
/// Unchecked: its owner lets only one thread use it at a time.
final class CurlTransfer: @unchecked Sendable {
    struct Request {
        var url: String
        /// Lines `Name: value`.
        var headers: [String]
        var user: String?
        var password: String?
    }

    /// How much is here at most, in bytes, except for one piece of what libcurl gives at a time.
    static let bufferedBytes = 256 << 10

    private let multi: UnsafeMutableRawPointer
    private let easy: UnsafeMutableRawPointer
    private let inbox: CurlInbox
    private let options: HTTPOptions
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var isRunning = false
    private var result: CURLcode?

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK

    init(_ options: HTTPOptions) {
        guard Self.isReady, let multi = curl_multi_init(), let easy = curl_easy_init() else {
            preconditionFailure("libcurl has no memory to begin with")
        }
        self.multi = multi
        self.easy = easy
        self.options = options
        inbox = CurlInbox(allowsPrivateNetwork: options.allowsPrivateNetwork)
    }

    deinit {
        stop()
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        errorText.deallocate()
    }

    /// Makes a request and waits for the answer's head. What an exchange before it left is dropped.
    func start(_ request: Request) throws(CurlFailure) -> HTTPHead {
        stop()
        inbox.clear()
        errorText.pointee = 0
        result = nil
        configure(request)
        curl_multi_add_handle(multi, easy)
        isRunning = true
        try wait { inbox.isHeadComplete }
        guard let head = inbox.head, inbox.isHeadComplete else {
            throw CurlFailure(.broken, "the server's response has no readable headers")
        }
        return head
    }

    /// Reads the next bytes of the body, at least one, or returns 0 at its proper end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(CurlFailure) -> Int {
        try wait { inbox.hasBytes }
        return inbox.take(into: buffer)
    }

    /// Drops the rest of the exchange.
    func stop() {
        if isRunning { curl_multi_remove_handle(multi, easy) }
        isRunning = false
        curl_slist_free_all(headerList)
        headerList = nil
    }

    /// Lets libcurl work until there is what is waited for, or the exchange has ended.
    private func wait(until isThere: () -> Bool) throws(CurlFailure) {
        let start = ContinuousClock.now
        while !isThere() {
            if let result {
                if result == CURLE_OK { return }
                throw failure(result)
            }
            guard isRunning else { return }
            let arrivals = inbox.arrivals
            if inbox.isPaused { resume() }
            work()
            if isThere() || result != nil { continue }
            if inbox.arrivals != arrivals { continue }
            let idle = ContinuousClock.now - max(start, inbox.lastArrival)
            guard idle < options.idleTimeout else {
                throw CurlFailure(.timedOut, "the server sent nothing for \(options.idleTimeout)")
            }
            curl_multi_poll(multi, nil, 0, Int32(min((options.idleTimeout - idle).milliseconds + 1, 1_000)), nil)
        }
    }

    private func resume() {
        inbox.isPaused = false
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    private func work() {
        var running: Int32 = 0
        var waiting: Int32 = 0
        curl_multi_perform(multi, &running)
        while let message = curl_multi_info_read(multi, &waiting) {
            if message.pointee.msg == CURLMSG_DONE { result = message.pointee.data.result }
        }
    }

    private func failure(_ code: CURLcode) -> CurlFailure {
        if let address = inbox.refusedAddress, code == CURLE_COULDNT_CONNECT {
            return CurlFailure(.refused(address), "\(address) is not a public Internet address")
        }
        return CurlFailure(code, detail: String(cString: errorText))
    }

    private func configure(_ request: Request) {
        curl_easy_reset(easy)
        func require(_ code: CURLcode) {
            precondition(code == CURLE_OK, "libcurl lacks an option that reading URLs needs")
        }
        func set(_ option: CURLoption, _ value: Int) { require(curl_set_long(easy, option, value)) }
        func set(_ option: CURLoption, _ value: String) { require(curl_set_text(easy, option, value)) }

        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        // A single stream gains nothing from HTTP/2, whose streams are buffered by the ten megabytes.
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        set(CURLOPT_USERAGENT, "waybill")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if !options.allowsPrivateNetwork { set(CURLOPT_PROXY, "") }
        if let user = request.user {
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, request.password ?? "")
        }
        for line in ["Accept-Encoding: identity"] + request.headers { headerList = curl_slist_append(headerList, line) }
        require(curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList))

        let context = Unmanaged.passUnretained(inbox).toOpaque()
        require(curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        require(curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        require(curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        require(curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context))
        require(curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, CurlInbox.takeHeader))
        require(curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CurlInbox.takeBody))
        require(curl_set_socket_callback(easy, CURLOPT_OPENSOCKETFUNCTION, CurlInbox.openSocket))
    }
}

extension Duration {
    var milliseconds: Int { Int(clamping: components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000) }
}
