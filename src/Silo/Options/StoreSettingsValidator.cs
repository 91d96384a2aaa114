using Microsoft.Extensions.Options;

namespace Reflux.Silo.Options;

/// <summary>Several silos without a shared store would publish versions whose files the others lack.</summary>
internal sealed class StoreSettingsValidator(OrleansSettings orleans) : IValidateOptions<StoreSettings>
{
    public ValidateOptionsResult Validate(string? name, StoreSettings options) => orleans.UsesAdoNet && options.Directory.Length == 0
        ? ValidateOptionsResult.Fail("Store:Directory is empty; with Orleans:Clustering=AdoNet name a directory that all silos share.")
        : ValidateOptionsResult.Success;
}
