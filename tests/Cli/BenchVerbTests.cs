namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class BenchVerbTests
{
    [Theory]
    [InlineData("/nowhere/python3", "can't be started")]
    [InlineData("/bin/false", "does not run on '/bin/false'")]
    public async Task Without_the_peer_it_says_what_is_missing(string python, string expected)
    {
        var (code, _, errors) = await CommandLine.RunAsync("bench", "models", "--python", python, "--threads", "1");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("install python3-torch", errors, StringComparison.Ordinal);
        Assert.Contains("error code: not-supported-here", errors, StringComparison.Ordinal);
    }
}
