namespace Reflux.Contracts.Errors;

/// <summary>
/// A failure that a user can act on: <see cref="Code"/> names the kind (stable, kebab-case; the ProblemDetails type and the CLI print it),
/// the message says what and where, <see cref="Remedy"/> what to do. Neither ever holds prompt text.
/// </summary>
public class RefluxException(string code, string message, string remedy, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable kebab-case name of the kind of error, for example <c>lane-not-found</c>.</summary>
    public string Code { get; } = code;

    /// <summary>What the user can do about it.</summary>
    public string Remedy { get; } = remedy;
}
