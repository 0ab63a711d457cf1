internal import Glibc

let usage = """
    usage: log-bench make PATH N [AT-ONCE]    a log of N chunk events, of AT-ONCE imports at the same time
           log-bench append [EVENTS [one]]    appends, EVENTS a commit, beside a C program that only puts
           log-bench coding                   a chunk event's encoding and decoding
           log-bench scan PATH [WHAT...]      read, replay, check, verify
           log-bench queries PATH             opening, status, group status, list
    """

let words = Array(CommandLine.arguments.dropFirst())
let rounds = getenv("ROUNDS").flatMap { Int(String(cString: $0)) } ?? 5
switch (words.first, words.count) {
case ("make", 3...4):
    try makeLog(words[1], chunks: Int(words[2]) ?? 0, atOnce: words.count > 3 ? Int(words[3]) ?? 1 : 1)
case ("append", 1...3):
    let sizes = words.count > 1 ? [Int(words[1]) ?? 1] : [1, 100, 10_000]
    for events in sizes {
        let commits = events >= 10_000 ? 20 : 300
        try benchAppend(events: events, commits: commits, rounds: rounds, withSingle: words.count < 3)
    }
case ("coding", 1): try benchCoding(rounds: rounds)
case ("scan", 2...): try benchScans(words[1], rounds: rounds, which: Set(words.dropFirst(2)))
case ("queries", 2): try benchQueries(words[1])
default:
    print(usage)
    exit(2)
}
