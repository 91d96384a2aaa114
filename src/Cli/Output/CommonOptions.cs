using System.CommandLine;
using Reflux.Client;

namespace Reflux.Cli.Output;

/// <summary>Options that several verbs share, and the client they lead to.</summary>
internal static class CommonOptions
{
    public static Option<Uri> Server() => new("--server")
    {
        Description = "Address of a gateway. Default: REFLUX_SERVER, else http://127.0.0.1:8420.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[^1].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError($"--server: '{result.Tokens[^1].Value}' is not an http:// or https:// address");
            return null;
        },
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable("REFLUX_SERVER") ?? "http://127.0.0.1:8420"),
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of text." };

    /// <summary>Runs <paramref name="action"/> with a client of the server that the command line names.</summary>
    public static async Task<int> WithClientAsync(Uri server, Func<RefluxClient, Task> action)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(5) };
        await action(new RefluxClient(http));
        return ExitCodes.Done;
    }
}
