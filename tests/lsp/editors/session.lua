-- A session in Neovim: open a model with a slip, be told, complete, rename. Prints what the test looks for.
local python, file = os.getenv('RATEML_PYTHON'), os.getenv('RATEML_MODEL')
vim.cmd('edit ' .. file)
local id = vim.lsp.start({ name = 'rateml', cmd = { python, '-m', 'rateml_lsp' }, root_dir = vim.fs.dirname(file) })
vim.wait(120000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, d in ipairs(vim.diagnostic.get(0)) do
  if d.severity == vim.diagnostic.severity.ERROR then
    print('DIAGNOSTIC', d.code, d.lnum, d.col, d.end_col)
  end
end
local client = vim.lsp.get_client_by_id(id)
print('ENCODING', client.offset_encoding)

local row = vim.fn.search('J \\* tau', 'w')
local column = vim.fn.match(vim.fn.getline(row), 'J \\* tau')
vim.api.nvim_win_set_cursor(0, { row, column })
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
local found = client:request_sync('textDocument/completion', params, 120000, 0)
local labels = {}
for _, item in ipairs(found.result.items) do labels[item.label] = true end
print('COMPLETION', labels.eta and labels.tau and labels.exp and 'eta tau exp' or 'missing')

vim.lsp.buf.rename('strength', { bufnr = 0 })
vim.wait(120000, function() return vim.fn.search('strength \\* tau', 'nw') > 0 end, 50)
local count = 0
for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
  for _ in line:gmatch('%f[%w]strength%f[%W]') do count = count + 1 end
end
print('RENAMED', count)
vim.cmd('qa!')
