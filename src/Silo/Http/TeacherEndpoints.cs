using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Http;
using Reflux.Silo.Ingestion;

namespace Reflux.Silo.Http;

/// <summary>/v1/teachers</summary>
internal static class TeacherEndpoints
{
    public static void MapTeachers(this IEndpointRouteBuilder api)
    {
        var teachers = api.MapGroup("/teachers");
        teachers.MapPost("", CreateAsync);
        teachers.MapGet("", async (Entities entities) => Answers.Ok(new DefinitionList(await entities.ListAsync(DefinitionKind.Teacher))));
        teachers.MapGet("/{teacher}", async (string teacher, Entities entities) => Answers.Ok(await entities.TeacherDefinitionAsync(teacher)));
        teachers.MapGet("/{teacher}/status", StatusAsync);
        teachers.MapDelete("/{teacher}", DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Entities entities, ModelChecks models)
    {
        var spec = await RequestBody.ReadAsync<TeacherSpec>(context);
        models.CheckTeacher(spec);
        var document = await entities.Teacher(spec.Name).Create(JsonSerializer.Serialize(spec, RefluxJson.Options));
        return Answers.Created(context, $"/v1/teachers/{spec.Name}", document.Read());
    }

    private static async Task<IResult> StatusAsync(string teacher, Entities entities)
    {
        var definition = await entities.TeacherDefinitionAsync(teacher);
        var reports = await entities.Teacher(teacher).Workers();
        return Answers.Ok(new TeacherStatus(definition, [.. reports.Select(r => new TeacherWorkerStatus(r.Silo, r.State, r.Message, r.Answered))]));
    }

    private static async Task<IResult> DeleteAsync(string teacher, Entities entities)
    {
        await entities.Teacher(teacher).Delete();
        return Results.NoContent();
    }
}
