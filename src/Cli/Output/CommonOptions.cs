using System.CommandLine;
using Reflux.Client;

namespace Reflux.Cli.Output;

/// <summary>Options that several verbs share, and the client they lead to.</summary>
internal static class CommonOptions
{
    private const string ServerVariable = "REFLUX_SERVER";

    public static Option<Uri?> Server() => new("--server")
    {
        Description = "Address of a gateway. Default: REFLUX_SERVER, else http://127.0.0.1:8420.",
        HelpName = "URL",
        CustomParser = result =>
        {
            var server = Read(result.Tokens[^1].Value);
            if (server is null)
            {
                result.AddError(Wrong("--server", result.Tokens[^1].Value));
            }

            return server;
        },
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text." };

    public static Option<int> Threads() => new("--threads") { Description = "Compute threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

    /// <summary>Runs <paramref name="action"/> with a client of the server that the command line names, else the environment.</summary>
    public static async Task<int> WithClientAsync(Uri? server, Func<RefluxClient, Task> action)
    {
        var address = server ?? FromEnvironment();
        // longer than the gateway's own longest wait
        using var http = new HttpClient { BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(6) };
        await action(new RefluxClient(http));
        return ExitCodes.Done;
    }

    private static Uri FromEnvironment()
    {
        var value = Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } named ? named : "http://127.0.0.1:8420";
        return Read(value) ?? throw new UsageException(Wrong(ServerVariable, value));
    }

    private static Uri? Read(string value) => Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static string Wrong(string source, string value) => $"{source}: '{value}' is not an http:// or https:// address";
}
