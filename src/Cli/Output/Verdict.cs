namespace Reflux.Cli.Output;

/// <summary>What verbs with bars end with: a line on standard error, and the exit code.</summary>
internal static class Verdict
{
    public static int Of(string verb, IReadOnlyList<string> missed)
    {
        Console.Error.WriteLine(missed.Count == 0 ? $"{verb}: every bar reached" : $"{verb}: MISSED: {string.Join("; ", missed)}");
        return missed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
