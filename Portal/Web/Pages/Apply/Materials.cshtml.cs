using Microsoft.AspNetCore.Mvc;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Apply;

[RequestSizeLimit(UploadLimit.LargestRequest)]
[RequestFormLimits(MultipartBodyLengthLimit = UploadLimit.LargestRequest)]
internal sealed class MaterialsModel(DeskApi desk, ITexts texts) : ApplyPage(desk)
{
    private const int MostFiles = 20;

    private string Here => $"{Start}/materials";

    public async Task<IActionResult> OnGetAsync()
    {
        await LoadAsync();
        return !Hindered && FormIsComplete() ? Page() : Redirect(Start);
    }

    public async Task<IActionResult> OnPostAsync(string? key, IFormFile? file)
    {
        await LoadAsync();
        if (Hindered)
        {
            return Redirect(Start);
        }

        if (Matter.Materials.All(m => m.Id != key))
        {
            ModelState.AddModelError("Key", texts.Of("请选择材料", "Choose a material"));
        }
        else if (file is null || file.Length == 0)
        {
            ModelState.AddModelError("File", texts.Of("请选择文件", "Choose a file"));
        }
        else if (Draft.Materials.Count >= MostFiles)
        {
            ModelState.AddModelError("File", texts.Of($"最多上传 {MostFiles} 个文件", $"At most {MostFiles} files"));
        }
        else
        {
            try
            {
                var stored = await Desk.UploadAsync(file, HttpContext.RequestAborted);
                Draft.Materials.Add(new DraftMaterial(stored.MaterialId, key!, stored.Name, stored.Size));
                await SaveAsync();
                return Redirect(Here);
            }
            catch (ProblemException refused) when (refused.Problem.Status is 400 or 413 or 422)
            {
                ModelState.AddModelError("File", refused.Problem.Text);
            }
        }

        return Mistakes();
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id)
    {
        await LoadAsync();
        if (Hindered)
        {
            return Redirect(Start);
        }

        Draft.Materials.RemoveAll(m => m.Id == id);
        await SaveAsync();
        return Redirect(Here);
    }

    public async Task<IActionResult> OnPostContinueAsync()
    {
        await LoadAsync();
        if (Hindered)
        {
            return Redirect(Start);
        }

        if (MaterialsAreComplete())
        {
            return Redirect($"{Start}/check");
        }

        ModelState.AddModelError("File", texts.Of("请上传全部必要材料", "Upload every required material"));
        return Mistakes();
    }
}
