using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Reflux.Contracts;
using Reflux.Contracts.Errors;

namespace Reflux.Silo.Http;

/// <summary>Reads a JSON request body strictly. Errors name the place, never the content.</summary>
internal static class RequestBody
{
    /// <summary>What we write leaves nulls out; what others send must not leave out what has no default.</summary>
    private static readonly JsonSerializerOptions Strict = new(RefluxJson.Options) { RespectRequiredConstructorParameters = true };

    private const string JsonRemedy = "Send one JSON object as docs/http-api.md describes it.";

    /// <summary>Reads the body as a <typeparamref name="T"/>.</summary>
    /// <exception cref="RefluxException"><c>unsupported-media-type</c>, <c>body-too-large</c>, <c>invalid-encoding</c>, <c>malformed-json</c>, <c>invalid-request</c>.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            throw new RefluxException(ErrorCodes.UnsupportedMediaType, "the body is not declared as JSON", "Send it with Content-Type: application/json.");
        }

        var body = await BytesAsync(context);
        if (body.Length == 0)
        {
            throw new RefluxException(ErrorCodes.MalformedJson, "the body is empty", JsonRemedy);
        }

        CheckEncoding(body.Span);
        CheckSyntax(body.Span);
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Strict) ?? throw new RefluxException(ErrorCodes.InvalidRequest, "the body is null", JsonRemedy);
        }
        catch (JsonException error)
        {
            throw Mismatch(error);
        }
    }

    /// <summary>The error for a body over the limit.</summary>
    public static RefluxException TooLarge(long limit) => new(
        ErrorCodes.BodyTooLarge, $"the body is longer than {limit} bytes", "Send it in several requests, or raise Http:MaxBodyBytes.");

    private static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpContext context)
    {
        // Kestrel refuses a body over Http:MaxBodyBytes, at its announcement or while it comes
        var buffer = new ArrayBufferWriter<byte>(Math.Clamp((int)(context.Request.ContentLength ?? 4096), 256, 1 << 20));
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.GetMemory(4096), context.RequestAborted);
            if (read == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(read);
        }
    }

    private static void CheckEncoding(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            return;
        }

        var good = 0;
        while (good < body.Length && System.Text.Rune.DecodeFromUtf8(body[good..], out _, out var used) == OperationStatus.Done)
        {
            good += used;
        }

        throw new RefluxException(ErrorCodes.InvalidEncoding, $"the body is not UTF-8: byte {good} belongs to no character", "Send the body in UTF-8.");
    }

    private static void CheckSyntax(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true })
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json says so of an escape such as "\ud800" that stands alone
            throw new RefluxException(ErrorCodes.InvalidEncoding, "a string escapes half of a surrogate pair", "Send valid Unicode.");
        }
        catch (JsonException error)
        {
            throw new RefluxException(
                ErrorCodes.MalformedJson, $"the body is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}", "Correct that place; " + JsonRemedy);
        }
    }

    /// <summary>JSON, but not what was asked for: the serializer's own message may quote values, its path names members only.</summary>
    private static RefluxException Mismatch(JsonException error)
    {
        var path = error.Path is { Length: > 1 } known ? known.Length <= 120 ? known : known[..120] + "…" : "the body";
        var missing = error.Message.StartsWith("JSON deserialization for type", StringComparison.Ordinal) ? Quoted(error.Message) : "";
        var what = missing.Length > 0
            ? $"{path}: missing {missing}"
            : error.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"{path} is unknown" : $"{path} has the wrong type or an impossible value";
        var line = error.LineNumber is { } number ? $" (line {number + 1})" : "";
        return new RefluxException(ErrorCodes.InvalidRequest, what + line, JsonRemedy);
    }

    /// <summary>Names of required members, which are ours, out of "… was missing required properties including: 'name', 'lane'."</summary>
    private static string Quoted(string message)
    {
        var colon = message.LastIndexOf("including:", StringComparison.Ordinal);
        return colon < 0 ? "a required member" : message[(colon + 10)..].Trim(' ', '.');
    }
}
