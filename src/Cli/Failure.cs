using System.Text.Json;
using Reflux.Contracts.Errors;

namespace Reflux.Cli;

/// <summary>How an exception reads to the user: what happened, what to do, an exit code.</summary>
internal sealed record Failure(int ExitCode, string? Message = null, string? Remedy = null, string? Code = null)
{
    /// <summary>Null for what should not happen at all: that keeps its stack trace.</summary>
    public static Failure? Of(Exception error, bool interrupted) => error switch
    {
        UsageException => new Failure(ExitCodes.Usage, error.Message),
        RefluxException known => new Failure(ExitCodes.Failed, known.Message, known.Remedy, known.Code),
        // children that got the same Ctrl-C may be gone before this process asks them for the last time
        OperationCanceledException or HttpRequestException or HttpIOException when interrupted => new Failure(ExitCodes.Interrupted),
        HttpRequestException => new Failure(
            ExitCodes.Failed, $"the server cannot be reached: {error.Message}", "start one with `reflux silo`, or name another with --server URL or REFLUX_SERVER"),
        OperationCanceledException { InnerException: TimeoutException } => new Failure(
            ExitCodes.Failed, "the server took the request and did not answer in time", "look at the server's log and at `reflux student show`, then try again", ErrorCodes.Timeout),
        OperationCanceledException => new Failure(ExitCodes.Failed, "it was stopped before it was done", "run it again"),
        UnauthorizedAccessException or IOException => new Failure(
            ExitCodes.Failed, error.Message, "check that the path exists, has room, and may be read and written by this user"),
        JsonException or UriFormatException or NotSupportedException => new Failure(
            ExitCodes.Failed, error.Message, "check the files and addresses that the command names"),
        _ => null,
    };

    public void Print(TextWriter errors)
    {
        foreach (var (head, line) in new[] { ("reflux: ", Message), ("        what to do: ", Remedy), ("        error code: ", Code) })
        {
            if (line is not null)
            {
                errors.WriteLine(head + line.ReplaceLineEndings(" "));
            }
        }
    }
}
