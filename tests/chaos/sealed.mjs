import fs from 'node:fs';
import { contentOf } from '../../apps/workflow-orchestrator/dist/payloads/envelope.js';
import { SecretBox } from '../../libs/service/dist/secret-box.js';

/** Opens what executions hold, by the keys of their workspaces: `row` and `history` give rows as they were sealed. */
export async function openerOf(client, keyFile) {
  const wrapping = new SecretBox(fs.readFileSync(keyFile, 'utf8').trim());
  const { rows } = await client.query('select workspace_id, wrapped from workflow.workspace_keys');
  const boxes = new Map(
    rows.map(({ workspace_id: id, wrapped }) => [id, new SecretBox(wrapping.open(wrapped, `workspace_keys/${id}`))]),
  );
  return {
    row: (row) => ({ ...row, ...contentOf(boxes.get(row.workspaceId), row.state, `executions/${row.id}`) }),
    history: ({ workspaceId, executionId, seq, at, data }) => {
      const place = `history_events/${executionId}/${seq}`;
      return { executionId, seq, at, data: contentOf(boxes.get(workspaceId), data, place) };
    },
  };
}
