using System.Net;
using System.Text.Json;
using Reflux.Contracts.Errors;

namespace Reflux.Client;

/// <summary>An error that the server explained: its <see cref="RefluxException.Code"/> and remedy come from the ProblemDetails answer.</summary>
public sealed class RefluxApiException(HttpStatusCode status, string code, string message, string remedy, TimeSpan? retryAfter)
    : RefluxException(code, message, remedy)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>How long the server asks to wait before the same request again; set with 429.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    internal static async Task<RefluxApiException> FromAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var retryAfter = response.Headers.RetryAfter?.Delta;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(body);
            return new RefluxApiException(
                response.StatusCode,
                Text(problem.RootElement, "code") ?? ErrorCodes.Internal,
                Text(problem.RootElement, "detail") ?? Text(problem.RootElement, "title") ?? $"HTTP {(int)response.StatusCode}",
                Text(problem.RootElement, "remedy") ?? "see the server's log",
                retryAfter);
        }
        catch (JsonException)
        {
            // not a Reflux server, or a proxy in between: the status is all there is to tell
            return new RefluxApiException(
                response.StatusCode, ErrorCodes.Internal, $"HTTP {(int)response.StatusCode} without an explanation", "check that the address is a Reflux gateway", retryAfter);
        }
    }

    /// <summary>Success, it says, and yet the body is nothing that a gateway answers.</summary>
    internal static RefluxApiException NotReflux(HttpResponseMessage response) => new(
        response.StatusCode,
        ErrorCodes.Internal,
        $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "the server"} answered HTTP {(int)response.StatusCode} with something that is not Reflux's ({response.Content.Headers.ContentType?.MediaType ?? "no content type"})",
        "check that the address is a Reflux gateway of the client's version",
        retryAfter: null);

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
