using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Http;
using Reflux.Silo.Ingestion;

namespace Reflux.Silo.Http;

/// <summary>/v1/lanes</summary>
internal static class LaneEndpoints
{
    public static void MapLanes(this IEndpointRouteBuilder api)
    {
        var lanes = api.MapGroup("/lanes");
        lanes.MapPost("", CreateAsync);
        lanes.MapGet("", async (Entities entities) => Answers.Ok(new DefinitionList(await entities.ListAsync(DefinitionKind.Lane))));
        lanes.MapGet("/{lane}", async (string lane, Entities entities) => Answers.Ok(await entities.LaneDefinitionAsync(lane)));
        lanes.MapDelete("/{lane}", DeleteAsync);
        lanes.MapPost("/{lane}/prompts", PostPromptsAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Entities entities)
    {
        var spec = await RequestBody.ReadAsync<LaneSpec>(context);
        var document = await entities.Lane(spec.Name).Create(JsonSerializer.Serialize(spec, RefluxJson.Options));
        return Answers.Created(context, $"/v1/lanes/{spec.Name}", document.Read());
    }

    private static async Task<IResult> DeleteAsync(string lane, Entities entities)
    {
        await entities.Lane(lane).Delete();
        return Results.NoContent();
    }

    private static async Task<IResult> PostPromptsAsync(string lane, HttpContext context, Entities entities, PromptIntake intake)
    {
        var definition = await entities.LaneDefinitionAsync(lane);
        var request = await RequestBody.ReadAsync<PromptsRequest>(context);
        return Answers.Accepted(await intake.AcceptAsync(definition, request, context.RequestAborted));
    }
}
