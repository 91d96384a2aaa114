using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Reflux.Contracts.Errors;
using Reflux.Silo.DeadLetters;

namespace Reflux.Silo.Http;

/// <summary>/v1/deadletters</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder api)
    {
        var letters = api.MapGroup("/deadletters");
        letters.MapGet("", async (string? from, string? limit, DeadLetterBox box, CancellationToken cancellationToken) => Answers.Ok(await box.ListAsync(
            from is null ? null : Number("from", from, long.MaxValue), (int)Number("limit", limit ?? "100", DeadLetterBox.LongestList, least: 1), cancellationToken)));
        letters.MapGet("/{offset}", async (string offset, string? reveal, DeadLetterBox box, CancellationToken cancellationToken) =>
            Answers.Ok(await box.ShowAsync(Number("offset", offset, long.MaxValue), reveal is "true", cancellationToken)));
        letters.MapPost("/{offset}/retry", async (string offset, string? force, DeadLetterBox box, CancellationToken cancellationToken) =>
            Answers.Accepted(await box.RetryAsync(Number("offset", offset, long.MaxValue), force is "true", cancellationToken)));
    }

    private static long Number(string name, string text, long most, long least = 0) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
        ? number
        : throw new RefluxException(ErrorCodes.InvalidRequest, $"{name}: not a whole number from {least} to {most}", "Name an offset as the list shows it.");
}
