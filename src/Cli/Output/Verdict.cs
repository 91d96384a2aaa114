namespace Reflux.Cli.Output;

/// <summary>What verbs with bars end with.</summary>
internal static class Verdict
{
    /// <summary>Nothing, or what a missed bar is called.</summary>
    public static IEnumerable<string> Miss(bool missed, FormattableString what) => missed ? [FormattableString.Invariant(what)] : [];

    /// <summary>Says it on standard error; returns the exit code.</summary>
    public static int Of(string verb, IReadOnlyList<string> missed)
    {
        Console.Error.WriteLine(missed.Count == 0 ? $"{verb}: every bar reached" : $"{verb}: MISSED: {string.Join("; ", missed)}");
        return missed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
