public import ArgumentParser
public import ImportLog

extension ImportID: ExpressibleByArgument {}
