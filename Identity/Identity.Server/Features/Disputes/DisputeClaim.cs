using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>What the official saw at the window.</summary>
/// <param name="IdNumber">Of the person who disputes.</param>
/// <param name="Name">As on the document.</param>
/// <param name="Sex">GB/T 2261.1.</param>
/// <param name="Ethnicity">GB/T 3304.</param>
/// <param name="Kind">What is disputed.</param>
/// <param name="DocumentKind">One of <see cref="DocumentKinds"/>.</param>
/// <param name="DocumentNumber">The document's own number.</param>
/// <param name="Finding">The official's own check, in words.</param>
/// <param name="Hall">The service hall of the official's post.</param>
/// <param name="HallLevel">Its level.</param>
/// <param name="Window">The window.</param>
/// <param name="Slip">Number of the slip from the registration; null without one.</param>
internal sealed record DisputeClaim(
    string IdNumber, string Name, string Sex, string Ethnicity, DisputeKind Kind, string DocumentKind, string DocumentNumber, string Finding, string Hall, string HallLevel, string Window, string? Slip);

/// <summary>What stands encrypted beside the claim's evidence.</summary>
internal sealed record ClaimReceipt(string Name, string Sex, string Ethnicity, string DocumentKind, string DocumentNumber, string Finding, string PopulationReceipt, string PopulationAnswer)
{
    public static ClaimReceipt Read(Evidence evidence, PersonalData personal) =>
        JsonSerializer.Deserialize<ClaimReceipt>(EvidenceReceipt.Read(evidence, personal)!, JsonSerializerOptions.Web)!;

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>Papers by which a person is known at a counter (GA/T 517 certificate kinds in words).</summary>
internal static class DocumentKinds
{
    public const string IdCard = "id-card";

    /// <summary>Has no photo.</summary>
    public const string HouseholdRegister = "household-register";

    public static readonly IReadOnlyList<string> All = [IdCard, "temporary-id-card", HouseholdRegister, "passport"];
}
