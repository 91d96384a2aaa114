using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Silo.Ingestion;

namespace Reflux.Silo.Http;

/// <summary>Errors as ProblemDetails (RFC 9457): <c>type</c> is <c>urn:reflux:code</c>; <c>code</c> and <c>remedy</c> stand beside the usual members.</summary>
internal static class Problems
{
    /// <summary>Answers with the error. Nothing happens where the answer has begun already.</summary>
    public static async Task WriteAsync(HttpContext context, RefluxException error, IReadOnlyDictionary<string, object?>? details = null)
    {
        if (context.Response.HasStarted)
        {
            return;
        }

        var status = ProblemStatus.Of(error.Code);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status429TooManyRequests)
        {
            var wait = (error as PartialBatchException)?.RetryAfter ?? TimeSpan.FromSeconds(1);
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var problem = new ProblemDetails
        {
            Type = $"urn:reflux:{error.Code}",
            Title = error.Code.Replace('-', ' '),
            Status = status,
            Detail = error.Message,
            Extensions = { ["code"] = error.Code, ["remedy"] = error.Remedy },
        };
        foreach (var (name, value) in details ?? new Dictionary<string, object?>())
        {
            problem.Extensions[name] = value;
        }

        await context.Response.WriteAsJsonAsync(problem, RefluxJson.Options, "application/problem+json", context.RequestAborted);
    }
}
