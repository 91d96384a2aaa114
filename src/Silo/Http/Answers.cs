using Microsoft.AspNetCore.Http;
using Reflux.Contracts;

namespace Reflux.Silo.Http;

/// <summary>Answers in the one JSON dialect.</summary>
internal static class Answers
{
    public static IResult Ok<T>(T value) => Results.Json(value, RefluxJson.Options);

    public static IResult Accepted<T>(T value) => Results.Json(value, RefluxJson.Options, statusCode: StatusCodes.Status202Accepted);

    public static IResult Created<T>(HttpContext context, string location, T value)
    {
        context.Response.Headers.Location = location;
        return Results.Json(value, RefluxJson.Options, statusCode: StatusCodes.Status201Created);
    }
}
