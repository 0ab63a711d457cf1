/// How files are read from HTTP servers.
package struct HTTPOptions: Sendable {
    /// Sent with each request, and not sent on to another server.
    package var headers: [HTTPHeader] = []
    /// Whether addresses may be connected to that are not of the public Internet. Only then are the proxies of the
    /// environment used, because behind one nobody sees which address is connected to.
    package var allowsPrivateNetwork = false
    /// How long a connection may take to be made: name, TCP and TLS.
    package var connectTimeout = Duration.seconds(30)
    /// How long the server may send nothing while bytes are waited for.
    package var idleTimeout = Duration.seconds(60)
    package var retries = RetryPolicy()

    package init() {}
}
