namespace Reflux.Cli;

/// <summary>The command was used wrongly in a way that the parser of the command line does not see.</summary>
internal sealed class UsageException(string message) : Exception(message);
