/// Flags that were renamed: the old names still work, with a warning, and are not in the help.
enum FormerNames {
    private static let flags: [String: String] = [
        "--header": "--http-header", "--log": "--log-dir", "--source": "--profile",
        "--max-batch-size": "--max-records", "--on-max-batch-size": "--on-max-records",
        "--warn-batch-size": "--warn-records", "--force-batch-size": "--force-records",
        "--timeout-minutes": "--timeout",
    ]

    /// The arguments with today's names, and a warning for each old one.
    ///
    /// Values are never taken for flags: the parser takes none that begins with a hyphen, except behind an equals sign.
    static func replaced(in arguments: [String]) -> (arguments: [String], warnings: [String]) {
        var result: [String] = []
        var warnings: [String] = []
        var isMinutes = false
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return (result + arguments[index...], warnings) }
            let flag = String(argument.prefix { $0 != "=" })
            guard let name = flags[flag] else {
                result.append(isMinutes ? argument + "m" : argument)
                isMinutes = false
                continue
            }
            let warning = "\(flag) is now \(name)\(name == "--timeout" ? ", as in \(name) 60m" : "")"
            if !warnings.contains(warning) { warnings.append(warning) }
            let value = argument.dropFirst(flag.count)
            isMinutes = name == "--timeout" && value.isEmpty
            result.append(name + value + (name == "--timeout" && !value.isEmpty ? "m" : ""))
        }
        return (result, warnings)
    }
}
