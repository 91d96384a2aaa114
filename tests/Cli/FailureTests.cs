using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Reflux.Contracts.Errors;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

/// <summary>Whatever goes wrong ends in a line that says what, one that says what to do, and an exit code; never in a stack trace.</summary>
[Collection("console")]
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("foo")]
    [InlineData("localhost:8420")]
    [InlineData("file:///etc/passwd")]
    public async Task A_wrong_server_in_the_environment_is_wrong_usage(string value)
    {
        Environment.SetEnvironmentVariable("REFLUX_SERVER", value);
        try
        {
            var (code, _, errors) = await CommandLine.RunAsync("lane", "list");
            Assert.Equal((ExitCodes.Usage, $"reflux: REFLUX_SERVER: '{value}' is not an http:// or https:// address"), (code, errors.Trim()));
            Assert.Equal(ExitCodes.Done, (await CommandLine.RunAsync("lane", "list", "--help")).Code);
        }
        finally
        {
            Environment.SetEnvironmentVariable("REFLUX_SERVER", null);
        }
    }

    [Theory]
    [InlineData("/nodir/x.json", "/nodir/x.json does not exist")]
    [InlineData("/", "denied")]
    public async Task A_spec_that_can_not_be_read_is_explained(string path, string expected)
    {
        var (code, _, errors) = await CommandLine.RunAsync("student", "create", "x", "--spec", path);
        AssertExplained(code, errors, expected);
    }

    [Theory]
    [InlineData("lane list")]
    [InlineData("student show small")]
    [InlineData("student pause small")]
    [InlineData("prompts send support hello")]
    [InlineData("snapshot list small")]
    public async Task A_server_that_is_not_reflux_is_explained(string line)
    {
        await using var server = await FakeServer.StartAsync((context, _) =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>welcome</html>");
        });

        var (code, _, errors) = await CommandLine.RunAsync([.. line.Split(' '), "--server", server.Address]);

        AssertExplained(code, errors, "not Reflux's (text/html)");
    }

    [Fact]
    public async Task A_directory_that_is_no_directory_is_explained()
    {
        await File.WriteAllTextAsync(_directory.File("file"), "");

        var (code, _, errors) = await CommandLine.RunAsync("demo", "--out", _directory.File("file"));
        AssertExplained(code, errors, _directory.File("file"));

        (code, _, errors) = await CommandLine.RunAsync("train-teacher", "--out", Path.Combine(_directory.File("file"), "below"), "--steps", "1");
        AssertExplained(code, errors, _directory.File("file"));
    }

    [Fact]
    public void Only_ctrl_c_exits_130_and_a_timeout_says_so()
    {
        var timeout = new TaskCanceledException("", new TimeoutException());
        Assert.Equal((ExitCodes.Failed, ErrorCodes.Timeout), (Failure.Of(timeout, interrupted: false)!.ExitCode, Failure.Of(timeout, interrupted: false)!.Code));
        Assert.Equal(ExitCodes.Failed, Failure.Of(new OperationCanceledException(), interrupted: false)!.ExitCode);
        Assert.Equal(new Failure(ExitCodes.Interrupted), Failure.Of(new OperationCanceledException(), interrupted: true));
        Assert.Equal(new Failure(ExitCodes.Interrupted), Failure.Of(new HttpRequestException("gone"), interrupted: true));
        Assert.Null(Failure.Of(new InvalidOperationException("a bug"), interrupted: false));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(System.Text.Json.JsonException))]
    [InlineData(typeof(UriFormatException))]
    [InlineData(typeof(NotSupportedException))]
    public void What_the_system_throws_is_one_line_and_a_remedy(Type type)
    {
        var failure = Failure.Of((Exception)Activator.CreateInstance(type, "first\nsecond")!, interrupted: false)!;
        using var printed = new StringWriter();
        failure.Print(printed);
        Assert.Equal(ExitCodes.Failed, failure.ExitCode);
        Assert.StartsWith("reflux: first second\n        what to do: ", printed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--filter")]
    [InlineData("--all", "--filter")]
    public async Task The_launcher_says_that_a_filter_needs_a_value(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [RepositoryRoot.File("reflux"), "test", .. arguments]) { RedirectStandardError = true };
        using var launcher = Process.Start(start)!;
        var errors = await launcher.StandardError.ReadToEndAsync();
        await launcher.WaitForExitAsync();

        Assert.Equal(ExitCodes.Usage, launcher.ExitCode);
        Assert.StartsWith("reflux test: --filter needs an EXPRESSION", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static void AssertExplained(int code, string errors, string expected)
    {
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, errors, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("what to do: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Reflux", errors, StringComparison.Ordinal);
    }
}
