using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reflux.Contracts.Errors;
using Reflux.Silo.Options;

namespace Reflux.Silo.Http;

/// <summary>
/// Loopback keeps other machines out, but not the web pages in a browser on this one: a page can post to any address, and by a name that it makes
/// resolve to 127.0.0.1 also read the answers. So a request names this machine, and one that changes something comes from no other origin.
/// </summary>
internal static class SameMachine
{
    public static void UseSameMachine(this IApplicationBuilder app, HttpSettings settings)
    {
        if (!settings.AllowAnonymous)
        {
            app.Use((context, next) => Refusal(context.Request) is { } error ? Problems.WriteAsync(context, error) : next(context));
        }
    }

    private static RefluxException? Refusal(HttpRequest request)
    {
        // no Host at all is no browser's
        if (request.Host.HasValue && !IsLoopback(request.Host.Host))
        {
            return new RefluxException(
                ErrorCodes.ForeignHost, "the Host header names another machine than this one", "Use http://127.0.0.1:port or localhost, or set Http:AllowAnonymous=true where the network is trusted.");
        }

        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return !reads && request.Headers.Origin.Count > 0 && !IsOwn(request, request.Headers.Origin.ToString())
            ? new RefluxException(
                ErrorCodes.ForeignOrigin, "the request comes from a web page of another origin", "Send it from a program, or set Http:AllowAnonymous=true where the network is trusted.")
            : null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsOwn(HttpRequest request, string origin) =>
        origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
}
