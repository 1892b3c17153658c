import Diagnostics
import Lowering
import RulesetCompiler

extension LoweringError {
    /// The error in the words of a mistake in a rule file, at the place where the part was written.
    func diagnostic(_ provenance: Provenance) -> Diagnostic {
        Diagnostic(reason.code, description, at: provenance.range(of: origin))
    }
}

extension LoweringError.Reason {
    /// The code of the mistake.
    fileprivate var code: DiagnosticCode {
        switch self {
        case .noDirection, .noChain: .verbNotInDirection
        case .mixedChain: .mixedChain
        case .unknownChain, .unknownSet: .unknownName
        case .duplicateName: .duplicateDefinition
        case .matchesNothing: .contradiction
        case .portsWithoutProtocol: .portsWithoutProtocol
        case .resetWithoutTCP: .flagsWithoutTCP
        case .acceptInBaseChain: .acceptInChain
        case .lostCondition: .lostCondition
        case .tooLarge: .tooManyMatches
        }
    }
}

extension CompilationResult {
    /// What the compiler says, and what the kernel has no room for: how large a rule gets shows only when it is made.
    var allDiagnostics: DiagnosticBag {
        guard let ruleset else { return diagnostics }
        do throws(LoweringError) {
            _ = try lower(ruleset)
            return diagnostics
        } catch {
            var all = diagnostics
            all.report(error.diagnostic(provenance))
            return all
        }
    }
}
