using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Reflux.Contracts.Errors;
using Reflux.Silo.DeadLetters;
using Reflux.Silo.Health;
using Reflux.Silo.Ingestion;
using Reflux.Silo.Options;

namespace Reflux.Silo.Http;

/// <summary>The HTTP API, version 1. Health is served by every role, the rest by gateways.</summary>
internal static partial class HttpApi
{
    public static void AddHttpApi(this IServiceCollection services, SiloSettings silo)
    {
        services.AddRouting();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails();
        services.AddHealth();
        if (silo.Has(SiloRoles.Gateway))
        {
            services.AddSingleton<Entities>();
            services.AddSingleton<StudentJobs>();
            services.AddSingleton<SnapshotFiles>();
            services.AddSingleton<PromptLimits>();
            services.AddSingleton<PromptIntake>();
            services.AddSingleton<ModelChecks>();
            services.AddSingleton<DeadLetterBox>();
        }
    }

    public static void UseHttpApi(this WebApplication app, SiloSettings silo, HttpSettings http)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => ExplainAsync(context.HttpContext));
        app.UseSameMachine(http);
        app.MapHealth();
        if (!silo.Has(SiloRoles.Gateway))
        {
            return;
        }

        var api = app.MapGroup("/v1");
        api.MapInfo();
        api.MapLanes();
        api.MapTeachers();
        api.MapStudents();
        api.MapSnapshots();
        api.MapDeadLetters();
    }

    /// <summary>What routing answers with a bare status.</summary>
    private static Task ExplainAsync(HttpContext context)
    {
        var error = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound when VersionSegment().Match(context.Request.Path.Value ?? "") is { Success: true } match && match.Groups[1].Value != "v1" =>
                new RefluxException(ErrorCodes.UnknownApiVersion, $"this server has no API version '{match.Groups[1].Value}'", "Use /v1."),
            StatusCodes.Status404NotFound => new RefluxException(ErrorCodes.NotFound, "there is nothing at this address", "See docs/http-api.md for the addresses that exist."),
            StatusCodes.Status405MethodNotAllowed => new RefluxException(
                ErrorCodes.MethodNotAllowed, $"{context.Request.Method} is not served at this address", $"Use {context.Response.Headers.Allow}."),
            _ => null,
        };
        return error is null ? Task.CompletedTask : Problems.WriteAsync(context, error);
    }

    [GeneratedRegex(@"\A/(v[0-9]+[a-z0-9]*)(/|\z)")]
    private static partial Regex VersionSegment();
}
