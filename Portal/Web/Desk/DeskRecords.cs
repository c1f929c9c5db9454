using System.Text.Json;

namespace Yinxin.Web.Desk;

/// <summary>One page of a list.</summary>
internal sealed record PageOf<T>(int Page, int PageSize, int Total, IReadOnlyList<T> Items);

/// <summary>A matter in a list.</summary>
internal sealed record MatterEntry(
    string ImplementationCode, string Name, string NameEn, string Body, bool Online, IReadOnlyList<string> ServiceObjects, Limit? PromisedLimit, long Fee, string? Level, bool Applicable);

internal sealed record Limit(int Value, string Unit);

/// <summary>A matter's implementation as the guide shows it.</summary>
internal sealed record Matter
{
    public string Name { get; init; } = "";

    public string NameEn { get; init; } = "";

    public string ImplementationCode { get; init; } = "";

    public NamedBody ImplementingBody { get; init; } = new("", "");

    public IReadOnlyList<Basis> LegalBasis { get; init; } = [];

    public IReadOnlyList<string> ServiceObjects { get; init; } = [];

    public Limit? StatutoryLimit { get; init; }

    public Limit? PromisedLimit { get; init; }

    public MatterResult? Result { get; init; }

    public IReadOnlyDictionary<string, string> RequiredAssurance { get; init; } = new Dictionary<string, string>();

    public AmountRule? ConfirmRule { get; init; }

    public int OnSiteVisits { get; init; }

    public IReadOnlyList<Fee> Fees { get; init; } = [];

    public IReadOnlyList<JsonElement> AcceptanceConditions { get; init; } = [];

    public IReadOnlyList<JsonElement> AcceptanceConditionsEn { get; init; } = [];

    public IReadOnlyList<MatterMaterial> Materials { get; init; } = [];

    public IReadOnlyList<FormField> Form { get; init; } = [];

    public bool Applicable => Form.Count > 0;

    internal sealed record NamedBody(string Uscc, string Name);

    internal sealed record Basis(string Text);

    internal sealed record MatterResult(string? Type, string? Name);

    internal sealed record Fee(string Name, string? NameEn, long? AmountFen, string? Unit);

    internal sealed record AmountRule(string? AdvancedFromAmount);

    internal sealed record MatterMaterial(int Order, string? Key, string Name, string? NameEn, string? Necessity, bool WaivedByPlatform = false)
    {
        public string Id => Key ?? $"material-{Order}";

        public bool Required => Necessity == "Required" && !WaivedByPlatform;
    }

    internal sealed record FormField(string Key, string LabelZh, string LabelEn, bool Required, int MaxLength, string? HintZh, string? HintEn, int? Rows, string? Type);
}

/// <summary>What the applicant has entered so far; lies encrypted at Desk.</summary>
internal sealed record Draft
{
    public Dictionary<string, string> Form { get; init; } = [];

    public List<DraftMaterial> Materials { get; init; } = [];

    /// <summary>Of this application, however often the button is pressed.</summary>
    public Guid IdempotencyKey { get; init; } = Guid.NewGuid();
}

internal sealed record DraftMaterial(Guid Id, string Key, string Name, long Size);

internal sealed record StoredMaterial(Guid MaterialId, string Name, long Size, string Sha256, string ContentType);

/// <param name="QueryCode">Null for an agent.</param>
internal sealed record SubmittedCase(string CaseNumber, string? QueryCode, string State);

/// <summary>A case as its applicant sees it; an agent less, as his powers are.</summary>
internal sealed record Case(
    string CaseNumber, string? QueryCode, string ImplementationCode, string MatterName, string MatterNameEn, string Body, string State,
    DateTimeOffset SubmittedAt, DateTimeOffset? AcceptedAt, DateOnly? PromisedDue, DateOnly? StatutoryDue, string Applicant, long Fee,
    string? BillNumber, string? PayUrl, string? LicenseIdentifier, string? VerifyUrl,
    Dictionary<string, string>? Form, IReadOnlyList<CaseMaterial>? Materials, bool MayWithdraw, IReadOnlyList<CaseStep> Events);

internal sealed record CaseMaterial(Guid Id, string Name, long Size, string ContentType);

/// <param name="Agent">Who did it for the organisation, masked; null where it was no agent, and for whoever looks on without signing in.</param>
internal sealed record CaseStep(string Act, string State, string By, string? Agent, string Opinion, DateTimeOffset At);
